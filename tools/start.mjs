// `npm start`: an embedded PostgreSQL unless DATABASE_URL is set, then the application; they stop in the opposite order.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { onParentGone } from './ancestors.mjs';
import { makeFolder } from './make-folder.mjs';

const SAME_SIGNAL_MS = 500; // the terminal and npm may both deliver one Ctrl-C
const SOON_MS = 1_000; // whoever waits longer is told what for
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The engine's own code in large pages where the system has them: a tenth of the CPU less. What the operator says in NODE_OPTIONS comes after it, and counts. */
const NODE_OPTIONS = '--use-largepages=silent';

const root = resolve(import.meta.dirname, '..');
const log = (line) => process.stderr.write(`[start] ${line}\n`);

let app;
let stopRequested = 0;
let databaseLost = false;

function stop() {
  const now = Date.now();
  if (!stopRequested) {
    stopRequested = now;
    app?.kill('SIGTERM');
    setTimeout(() => log('stopping when what is under way has ended; ask again to stop at once'), SOON_MS).unref();
  } else if (now - stopRequested > SAME_SIGNAL_MS) {
    log('asked twice, stopping at once');
    app?.kill('SIGKILL');
  }
}

async function startDatabase(env) {
  const dir = join(env.GATEHOUSE_DATA_DIR, 'pg');
  try {
    makeFolder(dir);
  } catch (error) {
    throw new Error(
      `GATEHOUSE_DATA_DIR: ${env.GATEHOUSE_DATA_DIR} cannot be used (${error.message}); name another folder`,
      { cause: error },
    );
  }
  const { ensureDatabase, provisionAudit, startPg } = await import('./pg.mjs');
  const onLost = () => {
    log('the embedded PostgreSQL is gone, stopping');
    databaseLost = true;
    app?.kill('SIGTERM');
  };
  const server = await startPg({ dir, onLost });
  if (!(await server.session.takeSoleUse())) {
    await server.stop();
    log(`Gatehouse is already running on ${env.GATEHOUSE_DATA_DIR}.`);
    log('Stop it first; for a second one set PORT and GATEHOUSE_DATA_DIR.');
    process.exit(1);
  }
  try {
    env.DATABASE_URL = await ensureDatabase(server, 'gatehouse');
    await provisionAudit(server, 'gatehouse');
  } catch (error) {
    await server.stop();
    throw error;
  }
  env.GATEHOUSE_EMBEDDED_PG = '1';
  return server;
}

/** @returns the exit code */
async function runApp(env) {
  const args = ['--require', join(import.meta.dirname, 'follow-parent.cjs'), join(root, 'dist', 'main.js')];
  app = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32', // Ctrl-C reaches us alone, so that the database outlives the application
  });
  const [code, signal] = await once(app, 'exit');
  if (signal && !stopRequested) log(`the application was ended by ${signal}`);
  if (databaseLost) return code || 1;
  if (code !== null) return code;
  return stopRequested ? 0 : 128 + constants.signals[signal];
}

async function main() {
  // a terminal that went away must not keep us from stopping in order
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  for (const signal of SIGNALS) process.on(signal, stop);
  onParentGone(() => stopRequested || stop());

  const dotenv = join(root, '.env');
  if (existsSync(dotenv)) process.loadEnvFile(dotenv);
  const env = { ...process.env };
  env.NODE_OPTIONS = `${NODE_OPTIONS} ${env.NODE_OPTIONS ?? ''}`;
  env.GATEHOUSE_DATA_DIR = resolve(root, env.GATEHOUSE_DATA_DIR?.trim() || '.gatehouse');
  env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'gatehouse'); // the second start is quicker
  delete env.GATEHOUSE_EMBEDDED_PG;
  delete env.GATEHOUSE_ADMIN_DATABASE_URL; // the gateway must not hold what it is kept from

  const external = env.DATABASE_URL?.trim() || env.DATABASE_URL_FILE?.trim();
  const database = external ? undefined : await startDatabase(env);
  try {
    return stopRequested ? 0 : await runApp(env);
  } finally {
    await database?.stop();
  }
}

main().then(
  (code) => process.exit(code),
  (error) => {
    log(error.message);
    process.exit(1);
  },
);
