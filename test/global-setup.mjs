// Before contract and e2e tests: one throw-away PostgreSQL below .data/, kept for the next run, and in it a migrated
// template that every test file copies (test/support/database.ts).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { ensureDatabase, provisionAudit, startPg } from '../tools/pg.mjs';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const TEMPLATE = 'gatehouse_template_';
const LOCK = 2_640_913_507; // arbitrary: one run at a time makes the template

export default async function globalSetup() {
  // what boots in a process of its own is the build: never an older one than the tests
  execFileSync(process.execPath, [join(root, 'tools', 'build.cjs'), '--if-needed'], { stdio: 'inherit' });
  const server = await startPg({ dir: join(root, '.data', 'test-pg'), durable: false });
  globalThis.testServer = server;
  const template = TEMPLATE + digestOfMigrations();
  await server.session.query('select pg_advisory_lock($1)', [LOCK]);
  try {
    await removeLeftovers(server, template);
    await makeTemplate(server, template);
  } finally {
    await server.session.query('select pg_advisory_unlock($1)', [LOCK]);
  }
  process.env.GATEHOUSE_TEST_SERVER = server.url();
  process.env.GATEHOUSE_TEST_TEMPLATE = template;
  process.env.GATEHOUSE_TEST_RUN = String(process.pid);
}

const MADE_FROM = ['migrations', 'src/features/audit/log/provision'];

function digestOfMigrations() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'src/platform/database/migrate.ts')));
  for (const folder of MADE_FROM)
    for (const file of readdirSync(join(root, folder)).sort())
      hash.update(file).update(readFileSync(join(root, folder, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Databases of runs that were killed, and templates of other migrations unless another run may be using one. */
async function removeLeftovers({ session }, template) {
  const { rows } = await session.query(
    `select datname as name from pg_database where datname ~ '^(test_|${TEMPLATE})'`,
  );
  const tests = rows.filter(({ name }) => name.startsWith('test_'));
  const dead = tests.filter(({ name }) => !isRunning(Number(name.split('_')[1])));
  const alone = dead.length === tests.length;
  const old = rows.filter(({ name }) => name.startsWith(TEMPLATE) && name !== template);
  for (const { name } of [...dead, ...(alone ? old : [])])
    await session.query(`drop database if exists "${name}" with (force)`);
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0) && pid !== process.pid;
  } catch {
    return false;
  }
}

async function makeTemplate(server, template) {
  const { rowCount } = await server.session.query('select from pg_database where datname = $1', [template]);
  if (rowCount) return;
  const draft = `${template}_draft`;
  await server.session.query(`drop database if exists "${draft}" with (force)`);
  const { migrate } = require(join(root, 'dist/platform/database/migrate.js'));
  await migrate(await ensureDatabase(server, draft));
  await provisionAudit(server, draft);
  await server.session.query(`alter database "${draft}" rename to "${template}"`);
}
