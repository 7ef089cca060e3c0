// A real HAProxy with the configuration that the repository ships.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { join, resolve } from 'node:path';
import { freePort, launch } from '../server.mjs';

const CONFIG = resolve(import.meta.dirname, '../../config/haproxy/haproxy.cfg');

export const hasHaproxy = () => spawnSync('haproxy', ['-v'], { stdio: 'ignore' }).status === 0;

async function accepts(port) {
  const socket = net.connect(port, '127.0.0.1');
  const open = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return open;
}

/** @param {{folder: string, blue: number, green: number}} site */
export async function startHaproxy({ folder, blue, green }) {
  const port = await freePort();
  const runtime = join(folder, 'haproxy.sock');
  const stateFile = join(folder, 'haproxy', 'servers.state');
  const start = () =>
    launch({
      name: 'deploy/haproxy',
      command: ['haproxy', '-W', '-f', CONFIG],
      env: {
        GATEHOUSE_BIND: `127.0.0.1:${port}`,
        GATEHOUSE_BLUE: `127.0.0.1:${blue}`,
        GATEHOUSE_GREEN: `127.0.0.1:${green}`,
        GATEHOUSE_RUNTIME: `unix@${runtime}`,
        GATEHOUSE_SERVERS_STATE: stateFile,
      },
      ready: () => accepts(port),
      keepOutput: true,
    });
  let server = await start();
  return {
    port,
    runtime,
    stateFile,
    stop: () => server.stop(),
    /** Another one in its place, which knows nothing but its files. Calls under way are lost. */
    async restart() {
      await server.stop();
      server = await start();
    },
    /** A new process takes over; the old one ends with its last stream. */
    reload: () => process.kill(server.pid, 'SIGUSR2'),
  };
}
