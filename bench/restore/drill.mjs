// `npm run drill:restore`: a gateway under load is backed up, goes on, erases a person, and loses its databases. They are restored
// into a new cluster as docs/operations.md says. What must hold then: the gateway does not start as if nothing had happened; after
// the operator's word it does; what the backup had is there and readable; who was erased stays erased; the log verifies.
//   --calls 500   before the backup
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { scratch } from '../audit/scratch.mjs';
import { isReady, NOT_SET } from '../gatehouse.mjs';
import { startProvider } from '../jobs/provider.mjs';
import { freePort, launch } from '../server.mjs';
import { installedPrograms, run } from './programs.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({ options: { calls: { type: 'string', default: '500' } } });
const CALLS = Number(options.calls);
const LOST = 40;
const USERS = 20;
const AT_ONCE = 8;
const say = (line) => process.stdout.write(`${line}\n`);

const programs = installedPrograms();
if (!programs) {
  say('pg_dump is not installed (GATEHOUSE_PG_BIN names the folder of another PostgreSQL)');
  process.exit(2);
}
process.env.GATEHOUSE_PG_BIN = programs; // the server is of the same version as its pg_dump
const { ensureDatabase, provisionAudit, startPg } = await import('../../tools/pg.mjs');

const folder = scratch('restore-');
const settings = join(folder, 'gatehouse.yaml');
writeFileSync(settings, 'audit: { approvals: { reveal: false, shred: false } }');
const provider = await startProvider({ answerMs: 5 });
const problems = [];
const expect = (holds, what) => {
  if (!holds) problems.push(what);
};
const rootKey = `gh_${randomBytes(24).toString('hex')}`;
const environment = {
  ...NOT_SET,
  HOST: '127.0.0.1',
  GATEHOUSE_CONFIG: settings,
  GATEHOUSE_DATA_DIR: join(folder, 'data'),
  GATEHOUSE_ROOT_KEY: rootKey,
  GATEHOUSE_MASTER_KEY: randomBytes(32).toString('base64'),
  OPENAI_API_KEY: 'sk-restore',
  OPENAI_BASE_URL: provider.url,
  LOG_LEVEL: 'warn',
};

/** A cluster with the two databases of a gateway, empty. */
async function cluster(name) {
  const server = await startPg({ dir: join(folder, name) });
  const [log, keys] = [await ensureDatabase(server, 'gatehouse'), await ensureDatabase(server, 'gatehouse_keys')];
  return { server, env: { DATABASE_URL: log, GATEHOUSE_KEYS_DATABASE_URL: keys } };
}

async function startGateway(env) {
  const port = await freePort();
  const gateway = await launch({
    name: 'restore/gateway',
    command: [process.execPath, join(ROOT, 'dist/main.js')],
    env: { ...environment, ...env, PORT: String(port) },
    ready: () => isReady(port),
    keepOutput: true,
  });
  const ask = async (method, path, body, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${rootKey}`, ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return { ...gateway, ask };
}

let made = 0;
/** @returns {Promise<{request: string, user: string, text: string}[]>} as many calls, each of one of the users */
async function calls({ ask }, count) {
  const done = [];
  const until = made + count;
  const one = async () => {
    while (made < until) {
      const number = made++;
      const text = `Job ${number}. What is the answer?`;
      const user = `user-${number % USERS}`;
      const body = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: text }] };
      const answer = await ask('POST', '/v1/chat/completions', body, {
        'x-user-id': user,
        'x-gatehouse-cache': 'no-store',
      });
      if (answer.status !== 200)
        throw new Error(`a call was answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
      done.push({ request: answer.headers.get('x-request-id'), user, text });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return done;
}

/** What the record keeps of a call: its own words, or why not. */
async function words({ ask }, { request }) {
  const record = await ask('GET', `/v1/requests/${request}`);
  if (record.status !== 200) return { status: record.status };
  const found = await ask('GET', `/v1/audit/entries?request_id=${request}`);
  const entry = found.body.data?.find(({ event }) => event === 'llm.request');
  if (!entry) return { status: found.status };
  const shown = await ask('POST', `/v1/audit/entries/${entry.entry_id}/reveal`, { reason: 'restore drill' });
  return { status: shown.status, text: JSON.stringify(shown.body) };
}

async function backUp(server) {
  const started = performance.now();
  const url = (name) => server.url(name);
  const file = (name) => join(folder, 'backup', name);
  mkdirSync(join(folder, 'backup'));
  await run(join(programs, 'pg_dumpall'), [
    '--roles-only',
    '--no-role-passwords',
    '-d',
    url('postgres'),
    '-f',
    file('roles.sql'),
  ]);
  await run(join(programs, 'pg_dump'), ['-Fc', '-d', url('gatehouse'), '-f', file('log.dump')]);
  await run(join(programs, 'pg_dump'), ['-Fc', '-d', url('gatehouse_keys'), '-f', file('keys.dump')]);
  return { ms: performance.now() - started, bytes: statSync(file('log.dump')).size + statSync(file('keys.dump')).size };
}

async function restore(server) {
  const file = (name) => join(folder, 'backup', name);
  // roles that are there already are said to be, which is no mistake
  await run(join(programs, 'psql'), ['-q', '-d', server.url('postgres'), '-f', file('roles.sql')]);
  for (const [database, dump] of [
    ['gatehouse', 'log.dump'],
    ['gatehouse_keys', 'keys.dump'],
  ])
    await run(join(programs, 'pg_restore'), ['--exit-on-error', '-d', server.url(database), file(dump)]);
}

async function openEpoch(env, adminUrl) {
  const args = [join(ROOT, 'dist/audit-epoch.js'), '--reason', 'the disk was lost'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment, ...env, GATEHOUSE_ADMIN_DATABASE_URL: adminUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += piece));
  const [code] = await once(child, 'exit');
  return { code, said };
}

const first = await cluster('first');
await provisionAudit(first.server, 'gatehouse');
let gateway = await startGateway(first.env);
const before = await calls(gateway, CALLS);
const loading = calls(gateway, CALLS);
const backup = await backUp(first.server);
await loading;
say(`backed up under load in ${Math.round(backup.ms)} ms, ${Math.round(backup.bytes / 1024)} KiB`);

const erased = 'user-7';
const shred = await gateway.ask('POST', `/v1/audit/subjects/${erased}/shred`, { basis: 'GDPR 17(1)(b)' });
expect(shred.status === 200, `the erasure was answered with ${shred.status}: ${JSON.stringify(shred.body)}`);
const lost = await calls(gateway, LOST);
await gateway.stop();
await first.server.stop();
rmSync(join(folder, 'first'), { recursive: true, force: true });
say('the cluster is gone');

const started = performance.now();
const second = await cluster('second');
await restore(second.server);
await provisionAudit(second.server, 'gatehouse');
const refusal = await startGateway(second.env).then(
  async (wrongly) => wrongly.stop().then(() => 'it started'),
  (error) => error.message,
);
expect(refusal.includes('is an old copy'), `the start on the restored copy said: ${refusal}`);
const epoch = await openEpoch(second.env, second.server.url('gatehouse'));
expect(epoch.code === 0, `audit:epoch ended with ${epoch.code}: ${epoch.said}`);
gateway = await startGateway(second.env);
say(`restored and serving after ${Math.round(performance.now() - started)} ms`);

const kept = before.filter(({ user }) => user !== erased);
const sample = kept.filter((_, i) => i % Math.ceil(kept.length / 40) === 0);
for (const call of sample) {
  const { status, text } = await words(gateway, call);
  expect(text?.includes(call.text), `the words of ${call.request} are not there (${status})`);
}
for (const call of before.filter(({ user }) => user === erased).slice(0, 10)) {
  const { text = '' } = await words(gateway, call);
  expect(!text.includes(call.text), `the words of ${call.request} are back, though their user was erased`);
}
for (const call of lost.slice(0, 10))
  expect((await words(gateway, call)).status === 404, `${call.request} is there, though the backup cannot have had it`);
await calls(gateway, 20);
const verified = await gateway.ask('POST', '/v1/audit/verify', {});
expect(
  verified.status < 300 && verified.body.status === 'ok',
  `the log does not verify: ${JSON.stringify(verified.body)}`,
);
expect(existsSync(join(folder, 'data', 'shred-ledger.ndjson')), 'the ledger of erasures is not in the data folder');

await gateway.stop();
await second.server.stop();
await provider.stop();
say(
  `${sample.length} calls of before the backup read again, ${erased} stayed erased, ${LOST} calls after it are lost, as the log says`,
);
if (problems.length) for (const problem of problems.slice(0, 20)) say(`PROBLEM ${problem}`);
else rmSync(folder, { recursive: true, force: true });
say(problems.length ? `${problems.length} problems; everything is in ${folder}` : 'everything holds');
process.exit(problems.length ? 1 : 0);
