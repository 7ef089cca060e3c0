import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { sendFile } from './file-answer';

describe('the answer with a file', () => {
  it('breaks off when its reader was given up', async () => {
    const stalled = new AbortController();
    let [made, ended] = [0, false];
    async function* chunks() {
      try {
        for (;;) {
          made++;
          yield Buffer.alloc(65_536);
        }
      } finally {
        ended = true;
      }
    }
    const server = Fastify();
    server.get('/', (_, reply) =>
      sendFile(reply, { id: 'e', chunks: chunks(), stalled: stalled.signal }, 'tar', 'application/x-tar'),
    );
    try {
      const response = await fetch(await server.listen({ port: 0 }));
      // nobody reads: before long nothing more is made
      for (let before = -1; before !== made; await sleep(100)) before = made;
      stalled.abort();
      await expect(response.arrayBuffer()).rejects.toThrow('terminated');
      expect(ended).toBe(true);
    } finally {
      await server.close();
    }
  });
});
