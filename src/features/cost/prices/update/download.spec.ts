import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { download } from './download';

const BOUNDS = { deadlineMs: 10_000, maxBytes: 1_000 };

describe('download', () => {
  let server: Server;
  const serve = async (answer: RequestListener): Promise<string> => {
    server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`;
  };
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it('gives the whole text', async () => {
    const text = 'ä'.repeat(500);
    const url = await serve((_, response) => {
      response.write(Buffer.from(text).subarray(0, 501)); // in the middle of a letter
      response.end(Buffer.from(text).subarray(501));
    });
    expect(await download(url, BOUNDS)).toBe(text);
  });

  it('stops where the text is longer than allowed, also when nobody said how long it is', async () => {
    let written = 0;
    const url = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && written < 50_000_000 && response.write('x'.repeat(10_000))) written += 10_000;
      };
      response.on('drain', more);
      more();
    });
    await expect(download(url, BOUNDS)).rejects.toThrow('longer than 1000 bytes');
    expect(written).toBeLessThan(50_000_000);
  });

  it.each<[string, RequestListener]>([
    ['nothing comes', () => undefined],
    ['the rest does not come', (_, response) => void response.write('{')],
  ])('gives up after its deadline when %s', async (_, answer) => {
    const url = await serve(answer);
    await expect(download(url, { ...BOUNDS, deadlineMs: 200 })).rejects.toThrow('did not answer within 0.2 s');
  });

  it('does not take an error page for a list', async () => {
    const url = await serve((_, response) => response.writeHead(404).end('{}'));
    await expect(download(url, BOUNDS)).rejects.toThrow('it answered 404');
  });

  it('says why nobody answered', async () => {
    const url = await serve(() => undefined);
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await expect(download(url, BOUNDS)).rejects.toThrow('ECONNREFUSED');
  });

  it.each(['file:///etc/hosts', 'data:text/plain,x', 'list.json'])('takes no %s', async (url) => {
    await expect(download(url, BOUNDS)).rejects.toThrow(/neither|Invalid URL/);
  });
});
