import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const SERVER = `
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));
`;
/** More than the kernel queues for a server that does not accept. */
const FILLING = 4;

/** An address that neither accepts nor refuses connections: its server is frozen and its queue is full. */
export class BlackHole {
  private constructor(
    readonly url: string,
    private readonly server: ChildProcess,
    private readonly fillings: readonly Socket[],
  ) {}

  static async open(): Promise<BlackHole> {
    const server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const port = Number(line.toString());
    server.kill('SIGSTOP');
    const fillings = Array.from({ length: FILLING }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.race(fillings.map((socket) => once(socket, 'connect')));
    return new BlackHole(`http://127.0.0.1:${port}`, server, fillings);
  }

  async close(): Promise<void> {
    for (const socket of this.fillings) socket.destroy();
    this.server.kill('SIGKILL');
    await once(this.server, 'exit');
  }
}
