// PostgreSQL, Redis and the providers of a drill, and what can be done to them.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { run as runPg } from '../../tools/pg-binaries.mjs';
import { ensureDatabase, provisionAudit, startPg } from '../../tools/pg.mjs';
import { freePort, launch } from '../server.mjs';
import { OTHER_CORE, onCore, pin, withDescendants } from '../machine.mjs';

const require = createRequire(import.meta.url);

/** A cluster of its own, durable as the gateway's is. */
export async function startPostgres(dir) {
  const server = await startPg({ dir });
  const data = join(dir, 'data');
  const read = (file) => readFileSync(join(data, file), 'utf8');
  const pids = () => withDescendants([Number.parseInt(read('postmaster.pid'))]);
  const pinAll = () => pin(pids(), OTHER_CORE);
  const control = async (...args) => {
    const { code } = await runPg('pg_ctl', ['-D', data, '-w', ...args]);
    if (code !== 0) throw new Error(`pg_ctl ${args.at(-1)} failed: see ${join(dir, 'postgres.log')}`);
  };
  pinAll();
  const url = await ensureDatabase(server, 'drill');
  await provisionAudit(server, 'drill');
  const options = /"-p" .*/.exec(read('postmaster.opts'))[0];
  return {
    url,
    adminUrl: server.url('drill'),
    get pids() {
      return existsSync(join(data, 'postmaster.pid')) ? pids() : [];
    },
    shutDown: () => control('-m', 'fast', 'stop'),
    /** Without writing down what is in memory: the next start is a recovery. */
    stopAtOnce: () => control('-m', 'immediate', 'stop'),
    async startAgain() {
      await control('-l', join(dir, 'postgres.log'), '-o', options, 'start');
      pinAll();
    },
    stop: server.stop,
  };
}

function redisCommand(port) {
  const installed = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
  if (installed && process.env.GATEHOUSE_TEST_REDIS !== 'js')
    return ['redis-server', '--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return [process.execPath, join(dirname(require.resolve('js-redis-server')), 'cli.js'), '--port', port];
}

function answersPing(port) {
  return new Promise((settle) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (answers) => {
      socket.destroy();
      settle(answers);
    };
    socket.once('data', () => end(true)).once('error', () => end(false));
    socket.setTimeout(1_000, () => end(false));
  });
}

/** The Redis of this machine, or the one in JavaScript where none is installed. */
export async function startRedis() {
  const port = await freePort();
  const command = redisCommand(String(port));
  const server = await launch({
    name: 'drill/redis',
    command: onCore(OTHER_CORE, command),
    ready: () => answersPing(port),
  });
  const signal = (name) => process.kill(server.pid, name);
  return {
    url: `redis://127.0.0.1:${port}`,
    kind: command[0] === 'redis-server' ? 'redis-server' : 'js-redis-server',
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async stop() {
      signal('SIGCONT'); // a process that stands still does not see SIGTERM
      await server.stop();
    },
  };
}

/** The doubles in their process; `order` tells it what to do: see upstreams.mjs. */
export async function startUpstreams(seed) {
  const child = fork(join(import.meta.dirname, 'upstreams.mjs'), [seed]);
  const ended = once(child, 'exit');
  const [{ ports }] = await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('the doubles ended'))),
  ]);
  pin([child.pid], OTHER_CORE);
  const waiting = new Map();
  child.on('message', ({ id, answer }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  let orders = 0;
  return {
    ports,
    order: (order, value) =>
      new Promise((settle) => {
        waiting.set(++orders, settle);
        child.send({ id: orders, order, value });
      }),
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
