import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { guardedAgent } from '../platform/outbound/guarded-agent';
import { OutgoingHosts } from '../platform/outbound/outgoing-hosts';
import { WebhookPost } from './webhook-post';

const HEADERS = { 'webhook-id': 'msg' };
const NEVER = new AbortController().signal;

describe('WebhookPost', () => {
  let server: Server;
  let answer: RequestListener;
  let post: WebhookPost;
  const hosts = new OutgoingHosts(['127.0.0.1', 'hooks.example.com', 'nowhere.example.com']);
  const url = (path = '/', scheme = 'http') =>
    `${scheme}://hooks.example.com:${(server.address() as AddressInfo).port}${path}`;
  const send = (to = url()) => post.send({ url: to, body: '{"a":1}' }, HEADERS, NEVER);

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => {
    const resolve: Parameters<typeof guardedAgent>[2] = (host, _options, found) =>
      host.startsWith('nowhere')
        ? found(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), [])
        : found(null, [{ address: '127.0.0.1', family: 4 }]);
    post = new WebhookPost(hosts, 300, guardedAgent(hosts, 300, resolve));
  });
  afterEach(() => post.close());

  it.each([
    [200, {}, { status: 200 }],
    [204, {}, { status: 204 }],
    [302, { location: '/elsewhere' }, { status: 302, failure: 'redirect' }],
    [410, {}, { status: 410, failure: 'gone' }],
    [500, {}, { status: 500, failure: 'status' }],
    [503, { 'retry-after': '7' }, { status: 503, failure: 'status', retryAfterMs: 7_000 }],
    [429, { 'retry-after': 'tomorrow' }, { status: 429, failure: 'status' }],
  ])('takes %i with %j for what it is', async (status, headers, outcome) => {
    const paths: (string | undefined)[] = [];
    answer = (request, response) => {
      paths.push(request.url);
      response.writeHead(status, headers).end('a body that nobody reads');
    };
    expect(await send()).toEqual(outcome);
    expect(paths).toEqual(['/']);
  });

  it('sends the body as it is, under the headers it was given', async () => {
    let seen = {};
    answer = (request, response) => {
      const { method, headers } = request;
      request.once('data', (chunk: Buffer) => {
        seen = { method, id: headers['webhook-id'], type: headers['content-type'], body: chunk.toString() };
        response.end();
      });
    };
    expect(await send()).toEqual({ status: 200 });
    expect(seen).toEqual({ method: 'POST', id: 'msg', type: 'application/json', body: '{"a":1}' });
  });

  it('waits for no body, and not for ever for a head', async () => {
    answer = (_request, response) => void response.writeHead(200).write('x');
    expect(await send()).toEqual({ status: 200 });
    answer = () => undefined;
    expect(await send()).toEqual({ failure: 'timeout' });
  });

  it('tells apart why nobody answered', async () => {
    answer = ({ socket }) => void socket.destroy();
    expect(await send()).toEqual({ failure: 'connection' });
    expect(await send('https://nowhere.example.com/')).toEqual({ failure: 'name' });
    expect(await send(url('/', 'https'))).toEqual({ failure: 'tls' });
    // what the operator allowed once may be forbidden now
    expect(await send('http://127.0.0.2/')).toEqual({ failure: 'private_address' });
  });

  it('stops at once when its process ends', async () => {
    const ending = new AbortController();
    answer = () => ending.abort(new Error('ending'));
    await expect(post.send({ url: url(), body: '' }, HEADERS, ending.signal)).rejects.toThrow('ending');
  });
});
