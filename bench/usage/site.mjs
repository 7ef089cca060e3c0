// A gateway on a database, as a user has it. Its keys are the same each time, so that a ledger that was kept can be asked again.
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { isReady, NOT_SET } from '../gatehouse.mjs';
import { question, startProvider } from '../jobs/provider.mjs';
import { freePort, launch } from '../server.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const derived = (name) => createHash('sha256').update(`usage benchmark, ${name}`).digest();
const ROOT_KEY = `gh_${derived('root key').toString('hex').slice(0, 48)}`;
const MASTER_KEY = derived('master key').toString('base64');
const PATIENCE_MS = 300_000;
/** As an application names somebody. */
export const PERSON = 'somebody@example.com';

/**
 * @param {{databaseUrl: string, dir: string}} options
 * @returns {Promise<{ask: (path: string, init?: RequestInit) => Promise<Response>, stop: () => Promise<void>}>} `ask` throws when the answer is none
 */
export async function startGateway({ databaseUrl, dir }) {
  const provider = await startProvider({ answerMs: 0 });
  const port = await freePort();
  const gateway = await launch({
    name: 'usage/gateway',
    command: [process.execPath, join(ROOT, 'dist/main.js')],
    env: {
      ...NOT_SET,
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      GATEHOUSE_DATA_DIR: join(dir, 'gateway'),
      GATEHOUSE_ROOT_KEY: ROOT_KEY,
      GATEHOUSE_MASTER_KEY: MASTER_KEY,
      OPENAI_API_KEY: 'sk-bench',
      OPENAI_BASE_URL: provider.url,
      LOG_LEVEL: 'warn',
    },
    ready: () => isReady(port),
    keepOutput: true,
  });
  const ask = async (path, init = {}) => {
    const headers = { authorization: `Bearer ${ROOT_KEY}`, ...init.headers };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...init,
      headers,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
    return response;
  };
  const stop = async () => {
    await gateway.stop();
    await provider.stop();
  };
  return { ask, stop };
}

/**
 * One call for somebody, on an empty database: now the gateway has a reference for them.
 * @returns {Promise<{tenant: string, person: string}>} whose they are, and the reference
 */
export async function introduce({ databaseUrl, dir }) {
  const gateway = await startGateway({ databaseUrl, dir });
  try {
    const body = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: question(1) }] };
    const headers = { 'content-type': 'application/json', 'x-user-id': PERSON };
    await gateway.ask('/v1/chat/completions', { method: 'POST', headers, body: JSON.stringify(body) });
    const entries = await gateway.ask(`/v1/audit/entries?user=${encodeURIComponent(PERSON)}`);
    const [{ tenant, user_id: person }] = (await entries.json()).data;
    return { tenant, person };
  } finally {
    await gateway.stop();
  }
}
