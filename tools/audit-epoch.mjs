// `npm run audit:epoch`: the command with the database of DATABASE_URL, or with the embedded one, whose superuser we are.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const env = { ...process.env };
const dataDir = resolve(root, env.GATEHOUSE_DATA_DIR || '.gatehouse');
const isSet = (name) => Boolean(env[name]?.trim() || env[`${name}_FILE`]?.trim());

let server;
if (!isSet('DATABASE_URL') && existsSync(join(dataDir, 'pg'))) {
  const { ensureDatabase, startPg } = await import('./pg.mjs');
  server = await startPg({ dir: join(dataDir, 'pg') });
  Object.assign(env, {
    GATEHOUSE_DATA_DIR: dataDir,
    GATEHOUSE_EMBEDDED_PG: '1',
    DATABASE_URL: await ensureDatabase(server, 'gatehouse'),
    GATEHOUSE_ADMIN_DATABASE_URL: server.url('gatehouse'),
  });
}
const args = [join(root, 'dist', 'audit-epoch.js'), ...process.argv.slice(2)];
const [code] = await once(spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' }), 'exit');
await server?.stop();
process.exitCode = code ?? 1;
