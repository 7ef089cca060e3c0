import { randomUUID } from 'node:crypto';
import { until } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';

const STEP = {
  step: 'shift',
  to: 'green',
  from: 'blue',
  release: '1.2.0@abc1234',
  share: 10,
  says: 'because somebody asked',
  at: '2027-03-01T09:00:00.000Z',
};

/** A stream is under way for a second, and a load balancer has as long to notice the end. */
const SETTINGS = `
providers: { sandbox: { type: sandbox, firstTokenMs: 1000 } }
server: { shutdownLeadMs: 1000 }
`;

describe('a gateway that is deployed', () => {
  let gateway: Gateway;
  beforeAll(async () => (gateway = await startGateway({ settings: SETTINGS })), 60_000);
  afterAll(() => gateway?.close());
  const send = async (method: string, path: string, body?: object, key = gateway.rootKey) => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(gateway.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : undefined };
  };
  const record = (step: object, id: string = randomUUID(), key?: string) =>
    send('POST', `/v1/deploys/${id}/steps`, step, key);

  it('has each step on record when it answers, with who does what to which colour; why stays encrypted', async () => {
    const deploy = randomUUID();
    expect(await record(STEP, deploy)).toEqual({ status: 204, body: undefined });
    const { body } = await send('GET', '/v1/audit/entries?event=deploy.step');
    const { says, ...facts } = STEP;
    expect(body.data).toEqual([
      expect.objectContaining({ event: 'deploy.step', outcome: 'intended', metadata: { deploy, ...facts } }),
    ]);
    expect(JSON.stringify(body)).not.toContain(says);
  });

  it.each([
    ['to', { to: 'red' }],
    ['step', { step: 'Shift all!' }],
    ['share', { share: 101 }],
    ['release', { release: '' }],
    ['at', { at: 'now' }],
  ])('refuses a step with the field at fault: %s', async (param, wrong) => {
    const { status, body } = await record({ ...STEP, ...wrong });
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { param } } });
  });

  it('takes steps from operators of the installation alone', async () => {
    const make = async (roles: string[], tenant?: string) =>
      (await send('POST', '/v1/keys', { name: 'k', roles, ...(tenant && { tenant }) })).body.key as string;
    const tenant = (await send('POST', '/v1/tenants', { name: 'acme' })).body.id;
    expect((await record(STEP, undefined, await make(['client', 'auditor']))).status).toBe(403);
    expect((await record(STEP, undefined, await make(['operator'], tenant))).status).toBe(403);
    expect((await record(STEP, undefined, await make(['operator']))).status).toBe(204);
  });

  const ask = (stream: boolean) =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.rootKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'fast', stream, messages: [{ role: 'user', content: 'Hello' }] }),
    });

  it('tells how many requests it still answers, without probes and scrapes', async () => {
    const open = async () => {
      const text = await (await fetch(`${gateway.url}/metrics`)).text();
      return Number(/^http_requests_open (\d+)$/m.exec(text)?.[1]);
    };
    expect(await open()).toBe(0);
    const answers = [ask(true), ask(false)];
    await until(async () => ((await open()) === 2 ? true : undefined));
    for (const answer of await Promise.all(answers)) expect(await answer.text()).toContain('sandbox');
    await until(async () => ((await open()) === 0 ? true : undefined));
  });

  it('is not ready from the first signal on, and answers calls until a load balancer has seen that', async () => {
    const ready = async () => (await fetch(`${gateway.url}/health/ready`)).status;
    expect(await ready()).toBe(200);
    const stopped = gateway.stop();
    await until(async () => ((await ready()) === 503 ? true : undefined));
    const answer = await ask(true);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('[DONE]');
    expect(await stopped).toBe(0);
  });
});
