import { randomUUID } from 'node:crypto';
import { CannotBegin } from '../../src/features/deploys';
import { planOf } from '../../src/features/deploys/steps';
import { until } from '../support/ask';
import { DeploySite } from '../support/deploy-site';
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

/** A call is under way for a while, and a load balancer has as long to notice the end. */
const SETTINGS = `
providers: { sandbox: { type: sandbox, firstTokenMs: 300 } }
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

  describe('by the command', () => {
    let site: DeploySite;
    beforeAll(async () => (green = await gateway.another()), 60_000);
    let green: Gateway;
    beforeEach(async () => {
      const compare = { calls: 0 };
      site = await DeploySite.start({ blue: gateway, green }, { steps: [10, 100], holdSeconds: 1, compare });
    });
    afterEach(() => site.close());
    const operator = async () => (await send('POST', '/v1/keys', { name: 'k', roles: ['operator', 'client'] })).body;
    const stepsOf = async () => {
      const { body } = await send('GET', '/v1/audit/entries?event=deploy.step&limit=100');
      const entries = body.data as { metadata: { step: string; share?: number; release: string } }[];
      const ours = entries.map(({ metadata }) => metadata).filter(({ release }) => release === '1.2.0');
      return ours.map(({ step, share }) => (share === undefined ? step : `${step} ${share}`)).toReversed();
    };

    it('goes through every step, each on record, and back at once', async () => {
      const { key } = await operator();
      expect(await site.deploy(key)).toBe('deployed');
      expect(site.haproxy.weights).toEqual({ blue: 0, green: 100 });
      const steps = 'begin,clear,migrate,start,ready,smoke,shift 10,shift 100,drain,end 100'.split(',');
      expect(await stepsOf()).toEqual(steps);
      expect(site.states.read()).toMatchObject({ live: 'green', last: { outcome: 'deployed' }, unrecorded: [] });
      await expect(site.deploy(key)).rejects.toThrow(/green has callers: deploy to blue/);

      expect(await site.deployment(key).rollBack()).toBe('rolled back');
      expect(site.haproxy.weights).toEqual({ blue: 100, green: 0 });
      await site.deployment(key).retire();
      expect(site.asked).toEqual(['start green', 'stop green']);
    });

    it('does not begin where its steps cannot be recorded, or HAProxy is not there', async () => {
      await expect(site.deploy('gh_somebody-elses-key-of-before')).rejects.toThrow(CannotBegin);
      site.haproxy.close();
      await expect(site.deploy(gateway.rootKey)).rejects.toThrow(/HAProxy at .* cannot be reached/);
      expect(site.asked).toEqual([]);
      expect(site.states.read()).toEqual({ releases: {}, unrecorded: [] });
    });

    it('does not begin when the old release is down, unless nothing is to be compared', async () => {
      const dead = { ...gateway, url: 'http://127.0.0.1:9' };
      const alone = await DeploySite.start({ blue: dead, green }, { steps: [50, 100], holdSeconds: 1 });
      try {
        alone.states.change({ live: 'blue' });
        alone.haproxy.status['blue'] = 'DOWN';
        await expect(alone.deploy(gateway.rootKey)).rejects.toThrow(/blue should have the callers, and is not ready/);
        expect(await alone.deploy(gateway.rootKey, true)).toBe('deployed');
        expect(alone.haproxy.weights).toEqual({ blue: 0, green: 100 });
      } finally {
        alone.close();
      }
    });

    it('goes back when a step cannot be recorded any more, and records that later', async () => {
      const { id, key } = await operator();
      site.onStart = async () => void (await send('DELETE', `/v1/keys/${id}`));
      expect(await site.deploy(key)).toBe('rolled back');
      expect(site.haproxy.weights).toEqual({ blue: 100, green: 0 });
      expect(site.asked).toEqual(['start green', 'stop green']);
      expect(site.states.read()).toMatchObject({
        last: { outcome: 'rolled back' },
        unrecorded: [{ step: 'rollback' }],
      });

      expect(await site.deploy(gateway.rootKey)).toBe('deployed');
      expect(site.states.read().unrecorded).toEqual([]);
      expect(await stepsOf()).toContain('rollback 0');
    });

    it('goes on where it was killed, also on the way back', async () => {
      expect(await site.deploy(gateway.rootKey)).toBe('deployed');
      await site.deployment(gateway.rootKey).rollBack();
      const killed = {
        id: randomUUID(),
        to: 'green' as const,
        from: 'blue' as const,
        release: { place: '/release', label: '1.2.0' },
        steps: [100],
        holdSeconds: 1,
        startedAt: new Date().toISOString(),
        next: planOf([100]).length - 1,
      };
      site.states.change({ deploy: killed });
      await expect(site.deploy(gateway.rootKey)).rejects.toThrow(/under way: --resume or --abort/);
      expect(await site.deployment(gateway.rootKey).resume()).toBe('deployed');
      site.states.change({ deploy: { ...killed, failure: 'too slow' } });
      expect(await site.deployment(gateway.rootKey).resume()).toBe('rolled back');
      expect(site.haproxy.weights).toEqual({ blue: 100, green: 0 });
    });
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
