// Supervisor of an embedded, real PostgreSQL: one cluster in a folder, shared by the processes that started it.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lock from './lock.cjs';
import { linkLibraries, majorVersion, run, runAs } from './pg-binaries.mjs';
import { watchServer } from './pg-session.mjs';

const require = createRequire(import.meta.url);
const START_SECONDS = 300; // recovery after a crash may take its time
const LOG_BYTES = 10_000_000;

/**
 * @typedef {object} Server
 * @property {number} port
 * @property {boolean} reused whether it was already running
 * @property {(database?: string, role?: 'postgres' | 'gatehouse') => string} url
 * @property {import('./pg-session.mjs').Session} session a connection that lives as long as this process uses the server
 * @property {() => Promise<void>} stop stops the server unless another process uses it; may be called again
 */

/**
 * Starts the cluster in `dir`, making it first if need be, or joins the one that runs there.
 * @param {{dir: string, durable?: boolean, onLost?: () => void}} options `durable: false` is for throw-away data: a known
 *   password, made anew when it does not start. Commits are durable there too: the audit log refuses a server where they
 *   are not. `onLost` is called when the server went away and stayed away.
 * @returns {Promise<Server>}
 */
export async function startPg({ dir, durable = true, onLost = () => {} }) {
  const cluster = { dir: resolve(dir), data: join(resolve(dir), 'data'), durable };
  linkLibraries();
  mkdirSync(cluster.dir, { recursive: true, mode: 0o700 });
  giveToServer(cluster.dir);
  if (runAs().owner) chmodSync(dirname(cluster.dir), 0o711); // the server has to pass through
  const startLock = join(cluster.dir, 'start.lock');
  return lock.withLock(startLock, async () => {
    const { port, reused, password } = await running(cluster);
    const url = (database = 'postgres', role = 'postgres') =>
      `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
    const session = await watchServer(url(), onLost);
    const stopUnlessShared = async () => {
      if (await session.endAsLast()) await run('pg_ctl', ['-D', cluster.data, '-m', 'fast', '-w', '-t', '30', 'stop']);
    };
    let stopped;
    return { port, reused, url, session, stop: () => (stopped ??= lock.withLock(startLock, stopUnlessShared)) };
  });
}

async function running(cluster) {
  try {
    const password = await initialise(cluster);
    return { password, ...(await launch(cluster)) };
  } catch (error) {
    if (cluster.durable) throw error;
    rmSync(cluster.data, { recursive: true, force: true });
    const password = await initialise(cluster);
    return { password, ...(await launch(cluster)) };
  }
}

/** @returns the password of both roles */
async function initialise({ dir, data, durable }) {
  const passwordFile = join(dir, 'password');
  if (existsSync(join(data, 'PG_VERSION'))) {
    const made = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
    if (made !== majorVersion()) throw new Error(otherMajor(data, made));
    if (existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8').trim();
    throw new Error(`${passwordFile} is missing; restore it, or move ${data} away to start with an empty database.`);
  }
  const password = durable ? randomBytes(24).toString('base64url') : 'gatehouse';
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flush: true });
  giveToServer(passwordFile);
  const draft = `${data}.new`; // an interrupted initdb never looks like a finished one
  rmSync(draft, { recursive: true, force: true });
  const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const style = ['--encoding=UTF8', '--locale=C', '--no-instructions', ...(durable ? [] : ['--no-sync'])];
  const { code, output } = await run('initdb', [`--pgdata=${draft}`, ...access, ...style]);
  if (code !== 0) throw new Error(`initdb failed: ${output.trim()}`);
  renameSync(draft, data);
  return password;
}

const otherMajor = (data, made) =>
  `${data} was made by PostgreSQL ${made}, this release brings ${majorVersion()}.\n` +
  `Dump it with the release that made it and load it into a new one (pg_dumpall, psql), or move the folder away to start\n` +
  'with an empty database, or set DATABASE_URL to a server of your own.';

/** Where the namespace trick is not available the server runs as another user, who must own its files. */
function giveToServer(path) {
  const { owner } = runAs();
  if (owner) chownSync(path, owner.uid, owner.gid);
}

async function launch(cluster) {
  rotateLog(join(cluster.dir, 'postgres.log'));
  for (let attempt = 0; attempt < 40; attempt++) {
    const was = postmaster(cluster);
    if (was && (await answers(was.port))) return { port: was.port, reused: true };
    if (was && isAnotherProgram(was.pid)) rmSync(join(cluster.data, 'postmaster.pid'), { force: true });
    const port = await freePort();
    const started = await run('pg_ctl', pgCtlStart(cluster, port));
    if (started.code === 0 && (await answers(port))) return { port, reused: false };
    await sleep(250); // the port was taken meanwhile, or a killed server is still being reaped
  }
  throw new Error(`PostgreSQL did not start; ${join(cluster.dir, 'postgres.log')} says why.`);
}

function pgCtlStart({ dir, data }, port) {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'log_error_verbosity=terse', // details of an error quote the row
    'wal_init_zero=off', // filling a new segment holds up every commit for some 50 ms; what is synced is as durable
  ];
  const options = [`-p ${port}`, ...settings.map((setting) => `-c ${setting}`)].join(' ');
  const log = join(dir, 'postgres.log');
  return ['-D', data, '-w', '-t', String(START_SECONDS), '-l', log, '-o', options, 'start'];
}

/** What a server that runs, or was killed, left in its data folder. */
function postmaster({ data }) {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]) };
  } catch {
    return undefined;
  }
}

/** After a reboot the pid of a killed server may belong to anybody, and PostgreSQL would take it for its own. */
function isAnotherProgram(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres';
  } catch {
    return false;
  }
}

function rotateLog(file) {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) renameSync(file, `${file}.old`);
}

/** A server answers an SSLRequest with one byte. That the port accepts proves less: it does for a while after a kill. */
function answers(port) {
  return new Promise((settle) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
    const end = (answer) => {
      socket.destroy();
      settle(answer);
    };
    socket.once('data', () => end(true)).once('error', () => end(false));
    socket.once('close', () => settle(false)).setTimeout(2_000, () => end(false));
  });
}

function freePort() {
  return new Promise((settle, fail) => {
    const server = net.createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => settle(port));
    });
  });
}

/** Makes the role that applications connect as (no superuser, like on any real server) and a database of its own. */
export async function ensureDatabase(server, name) {
  const password = new URL(server.url()).password;
  await server.session.query(
    `do $$ begin create role gatehouse login password '${password}'; exception when duplicate_object then null; end $$`,
  );
  const { rowCount } = await server.session.query('select from pg_database where datname = $1', [name]);
  if (!rowCount) await server.session.query(`create database "${name}" owner gatehouse`);
  return server.url(name, 'gatehouse');
}

/** Schema and roles of the audit log, made with a superuser's rights, which the application does not have. */
export async function provisionAudit(server, name) {
  const { provision } = require('../dist/features/audit/log/provision/provision.store.js');
  await provision(server.url(name, 'postgres'), 'gatehouse');
}
