import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGateway, type Gateway } from '../support/gateway';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe('the HTTP server', () => {
  let gateway: Gateway;
  let probes: string;
  beforeAll(async () => {
    const port = await freePort();
    probes = `http://127.0.0.1:${port}`;
    gateway = await startGateway({
      env: { GATEHOUSE_OPS_PORT: String(port) },
      settings: 'server: { corsOrigins: ["https://app.example.com"] }',
    });
  }, 60_000);
  afterAll(() => gateway?.close());

  it('answers probes and metrics on their own port, and only there', async () => {
    const status = async (url: string) => (await fetch(url)).status;
    expect(
      await Promise.all(['/health/live', '/health/ready', '/metrics'].map((path) => status(probes + path))),
    ).toEqual([200, 200, 200]);
    expect(
      await Promise.all(['/health/live', '/health/ready', '/metrics'].map((path) => status(gateway.url + path))),
    ).toEqual([404, 404, 404]);
    expect(await status(`${probes}/v1/models`)).toBe(404);
  });

  it('lets browsers call from listed origins, and from no other', async () => {
    const preflight = (origin: string) =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      });
    const allowed = async (origin: string) => (await preflight(origin)).headers.get('access-control-allow-origin');
    expect(await allowed('https://app.example.com')).toBe('https://app.example.com');
    expect(await allowed('https://evil.example.com')).toBeNull();
  });

  it('sends the headers that keep browsers out of trouble', async () => {
    const { headers } = await fetch(`${gateway.url}/docs`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('shows its description to whoever opens it in a browser', async () => {
    const home = await fetch(gateway.url, { redirect: 'manual' });
    expect([home.status, home.headers.get('location')]).toEqual([302, '/docs']);
  });

  it('logs what is not a call by its route, and never by what the caller wrote', async () => {
    await fetch(`${gateway.url}/v1/requests/canary-4712?q=canary-4712`, {
      headers: { authorization: `Bearer ${gateway.rootKey}` },
    });
    const logged = () =>
      gateway
        .logs()
        .split('\n')
        .find((text) => text.includes('"route":"/v1/requests/:id"'));
    for (let i = 0; i < 100 && !logged(); i++) await sleep(20);
    expect(JSON.parse(logged() ?? '{}')).toMatchObject({
      method: 'GET',
      status: 404,
      tenant: expect.any(String),
      msg: 'request',
    });
    expect(gateway.logs()).not.toContain('4712');
  });

  it('tells a wrong method from a wrong route, and a body it cannot read from a bad one', async () => {
    const send = async (
      path: string,
      init: { method: string; body?: string | Buffer; more?: Record<string, string> },
    ) => {
      const headers = {
        authorization: `Bearer ${gateway.rootKey}`,
        'content-type': 'application/json',
        ...init.more,
      };
      const answer = await fetch(gateway.url + path, { ...init, headers });
      return [answer.status, ((await answer.json()) as { error: { message: string } }).error.message];
    };
    expect(await send('/v1/chat/completions', { method: 'GET' })).toEqual([405, 'This route takes POST']);
    expect(await send('/v1/nothing', { method: 'GET' })).toEqual([404, 'There is no such route']);
    const zipped = { method: 'POST', body: '{}', more: { 'content-encoding': 'gzip' } };
    expect(await send('/v1/chat/completions', zipped)).toEqual([
      415,
      expect.stringContaining('without content-encoding'),
    ]);
    const large = { method: 'POST', body: Buffer.alloc(40_000_000, ' ') };
    expect(await send('/v1/chat/completions', large)).toEqual([
      413,
      expect.stringMatching(/has 40000000 bytes; at most 33554432/),
    ]);
  });

  it('says which port is taken', async () => {
    const taken = new URL(gateway.url).port;
    await expect(startGateway({ env: { PORT: taken } })).rejects.toThrow(/did not start[\s\S]*EADDRINUSE/);
  });
});
