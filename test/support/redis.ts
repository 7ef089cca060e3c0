import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TestRedis {
  readonly url: string;
  /** `js`: a protocol-compatible server written in JavaScript, where no redis-server is installed. */
  readonly kind: 'redis-server' | 'js';
  /** Freezes the server: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

const PATIENCE_MS = 10_000;

/** An empty Redis on the loopback. `GATEHOUSE_TEST_REDIS=js` chooses the JavaScript server although there is a real one. */
export async function startRedis(): Promise<TestRedis> {
  const kind = process.env['GATEHOUSE_TEST_REDIS'] !== 'js' && isInstalled() ? 'redis-server' : 'js';
  const port = await freePort();
  const [command, args] = commandLine(kind, port);
  const server = spawn(command, args, { stdio: 'ignore', cwd: tmpdir() });
  const kill = (): boolean => server.kill('SIGKILL');
  process.once('exit', kill);
  await answering(server, port);
  return {
    url: `redis://127.0.0.1:${port}`,
    kind,
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    stop: async () => {
      process.off('exit', kill);
      if (server.exitCode !== null || server.signalCode !== null) return;
      kill();
      await once(server, 'exit');
    },
  };
}

function isInstalled(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
}

function commandLine(kind: TestRedis['kind'], port: number): [string, string[]] {
  if (kind === 'js') {
    const cli = join(dirname(require.resolve('js-redis-server')), 'cli.js');
    return [process.execPath, ['--require', join(__dirname, 'js-redis.cjs'), cli, '--port', `${port}`]];
  }
  const inMemory = ['--save', '', '--appendonly', 'no'];
  return ['redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', ...inMemory]];
}

async function answering(server: ChildProcess, port: number): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(20)) {
    if (server.exitCode !== null) throw new Error(`the test Redis ended with exit code ${server.exitCode}`);
    if (await answersPing(port)) return;
  }
  server.kill('SIGKILL');
  throw new Error('the test Redis did not start in time');
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', end(true)).once('error', end(false)).setTimeout(1_000, end(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
