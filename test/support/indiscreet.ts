import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A server that repeats what it should not in its errors. */
export interface Indiscreet {
  readonly port: number;
  /** Redis: from now on it answers nothing but errors. */
  fail(): void;
  close(): Promise<void>;
}

async function serve(answer: (socket: Socket, chunk: Buffer) => void, fail = () => undefined): Promise<Indiscreet> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('data', (chunk) => answer(socket, chunk));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    fail,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Redis that is well until it is told to fail, and then says this. */
export function indiscreetRedis(words: string): Promise<Indiscreet> {
  let well = true;
  const answerTo = (command: string): string => {
    if (!well) return `-ERR ${words}\r\n`;
    if (command === 'PING') return '+PONG\r\n';
    return command === 'INFO' ? '$20\r\nredis_version:7.4.0\n\r\n' : '+OK\r\n';
  };
  return serve(
    (socket, chunk) => {
      const commands = chunk.toString().match(/(?<=(?:^|\n)\*\d{1,6}\r\n\$\d{1,6}\r\n)[a-z]+/gi) ?? [];
      socket.write(commands.map((command) => answerTo(command.toUpperCase())).join(''));
    },
    () => void (well = false),
  );
}

/** PostgreSQL that lets nobody in, and says this. */
export function indiscreetPostgres(words: string): Promise<Indiscreet> {
  return serve((socket, chunk) => {
    // it speaks no TLS: 80877103 asks for it
    if (chunk.length === 8 && chunk.readInt32BE(4) === 80_877_103) return void socket.write('N');
    const fields = Buffer.from(`SFATAL\0VFATAL\0C28P01\0M${words}\0\0`);
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeInt32BE(fields.length + 4, 1);
    socket.end(Buffer.concat([head, fields]));
  });
}
