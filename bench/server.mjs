// Starts and stops the servers of a benchmark. Everything listens on 127.0.0.1.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GATEWAY_CORE, OTHER_CORE, onCore } from './machine.mjs';
import { program, WORK } from './prepare.mjs';

const START_MS = 60_000;
const STOP_MS = 40_000;

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function accepts(port) {
  return new Promise((settle) => {
    const socket = net.connect(port, '127.0.0.1', () => settle(true)).on('error', () => settle(false));
    socket.on('connect', () => socket.destroy());
  });
}

/**
 * @param {{name: string, command: string[], env?: Record<string, string>, ready: () => Promise<boolean>, cwd?: string, keepOutput?: boolean}} server
 *   `keepOutput`: its standard output goes where its errors go, into .work/<name>.log
 * @returns {Promise<{pid: number, startMs: number, stop: () => Promise<void>}>} once it is ready
 */
export async function launch({ name, command, env, ready, cwd, keepOutput = false }) {
  const started = performance.now();
  const errors = join(WORK, `${name}.log`);
  mkdirSync(dirname(errors), { recursive: true });
  const log = openSync(errors, 'w');
  const child = spawn(command[0], command.slice(1), {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    cwd,
    stdio: ['ignore', keepOutput ? log : 'ignore', log],
  });
  closeSync(log);
  const ended = once(child, 'exit');
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async () => {
    if (!isOver()) child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(patience);
  };
  while (!(await ready())) {
    if (isOver()) throw new Error(`${name} ended while starting:\n${readFileSync(errors, 'utf8').slice(0, 2000)}`);
    if (performance.now() - started > START_MS) {
      await stop();
      throw new Error(`${name} was not ready within ${START_MS / 1000} s`);
    }
    await sleep(10);
  }
  return { pid: child.pid, startMs: performance.now() - started, stop };
}

/** A server that is one process, listens on `PORT` and calls `UPSTREAM`, on the gateway's core. */
export async function launchSimple({ name, command, upstream, env = {} }) {
  const port = await freePort();
  const server = await launch({
    name,
    command: onCore(GATEWAY_CORE, command(port)),
    env: { PORT: String(port), UPSTREAM: `http://127.0.0.1:${upstream}`, ...env },
    ready: () => accepts(port),
  });
  return { ...server, port, gateway: [server.pid], storage: [] };
}

export async function launchUpstream() {
  const port = await freePort();
  const command = onCore(OTHER_CORE, [program('upstream'), String(port)]);
  return { ...(await launch({ name: 'upstream', command, ready: () => accepts(port) })), port };
}
