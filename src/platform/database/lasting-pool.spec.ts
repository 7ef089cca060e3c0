import { createServer, type Server } from 'node:net';
import { Pool } from 'pg';
import { connectionOptions } from './connection';
import { lasting } from './lasting-pool';

const message = (type: string, ...parts: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const WELCOME = [message('R', Buffer.alloc(4)), message('Z', 'I')];
const SHUT_DOWN = message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');

describe('a pool of connections', () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    // whoever connects is told in one breath that the server is ready and that it shuts down
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([...WELCOME, SHUT_DOWN])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `postgres://u:p@127.0.0.1:${(server.address() as { port: number }).port}/d`;
  });
  afterAll(() => server.close());

  it('outlives a server that goes away between the handing out of a connection and its first statement', async () => {
    const pool = lasting(new Pool(connectionOptions(url, 'test')));
    const client = await pool.connect();
    await expect(client.query('select 1')).rejects.toThrow('connection');
    client.release(true);
    await pool.end();
  });
});
