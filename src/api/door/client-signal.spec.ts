import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { clientSignal } from './client-signal';

describe('the signal of a caller', () => {
  const server = createServer();
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  const called = async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    return { socket, response };
  };

  it('aborts when the caller goes away', async () => {
    const { socket, response } = await called();
    const signal = clientSignal(response);
    expect(signal.aborted).toBe(false);
    socket.destroy();
    await once(signal, 'abort');
    expect(signal.reason).toMatchObject({ code: 'client_closed' });
  });

  it('is aborted when the caller went away before anybody asked', async () => {
    const { socket, response } = await called();
    socket.destroy();
    await once(response, 'close');
    expect(clientSignal(response).aborted).toBe(true);
  });

  it('does not abort once the answer was written', async () => {
    const { socket, response } = await called();
    const signal = clientSignal(response);
    response.end('done');
    await once(response, 'close');
    expect(signal.aborted).toBe(false);
    socket.destroy();
  });
});
