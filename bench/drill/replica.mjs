// One of the gateways: the built application on the shared database, Redis and configuration.
import { join } from 'node:path';
import { isReady, NOT_SET } from '../gatehouse.mjs';
import { GATEWAY_CORE, onCore } from '../machine.mjs';
import { WORK } from '../prepare.mjs';
import { freePort, launch } from '../server.mjs';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

/** @param {string} name of its log, in the work folder */
export async function startReplica(name, env) {
  const port = await freePort();
  const log = (start) => join(WORK, `drill/${name}-${start}.log`);
  const start = (number) =>
    launch({
      name: `drill/${name}-${number}`,
      command: onCore(GATEWAY_CORE, [process.execPath, MAIN]),
      env: { ...NOT_SET, HOST: '127.0.0.1', PORT: String(port), ...env },
      ready: () => isReady(port),
      keepOutput: true,
    });
  let server = await start(1);
  const logs = [log(1)];
  return {
    name,
    port,
    url: `http://127.0.0.1:${port}`,
    logs,
    get pid() {
      return server.pid;
    },
    /** Ends it without a word, and starts another in its place. */
    async killAndStart() {
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
      logs.push(log(logs.length + 1));
      server = await start(logs.length);
    },
    stop: () => server.stop(),
  };
}
