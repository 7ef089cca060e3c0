import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BreakerChanged } from '../../src/contract/events';
import { BreakerExchange } from '../../src/features/resilience/breaker-exchange';
import type { Breakers, Permit } from '../../src/features/resilience/breakers';
import { LocalBreakers } from '../../src/features/resilience/local-breakers';
import { RedisBreakers } from '../../src/features/resilience/redis-breakers';
import { DEFAULTS, type BreakerPolicy } from '../../src/platform/config/policies';
import { until } from '../support/ask';
import { startRedis, type TestRedis } from '../support/redis';

const OPEN_MS = 400;
const policy: BreakerPolicy = { ...DEFAULTS.breaker, windowMs: 10_000, minimumCalls: 4, slowMs: 250, openMs: OPEN_MS };
const WITHIN_MS = 10_000;

interface Made {
  readonly breakers: Breakers;
  readonly changes: BreakerChanged[];
}
type Make = (over?: Partial<BreakerPolicy>, most?: number) => Promise<Made>;

let models = 0;
const aModel = () => ({ provider: 'p', model: `m${++models}` });
type Target = ReturnType<typeof aModel>;

const admit = async (breakers: Breakers, target: Target): Promise<Permit> => await breakers.admit(target, WITHIN_MS);
async function isRefused(breakers: Breakers, target: Target): Promise<boolean> {
  try {
    (await admit(breakers, target)).ended('ignored');
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'circuit_open', facts: { attempts: 0 } });
    return true;
  }
}
async function succeed(breakers: Breakers, target: Target, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    const permit = await admit(breakers, target);
    permit.began();
    permit.ended('success');
  }
}
async function fail(breakers: Breakers, target: Target, times = policy.minimumCalls): Promise<void> {
  for (let i = 0; i < times; i++) (await admit(breakers, target)).ended('failure');
}
const viewOf = (breakers: Breakers, { model }: Target) => breakers.states().find((view) => view.model === model);
const becomes = (breakers: Breakers, target: Target, state: BreakerChanged['to'] | undefined) =>
  until(() => (viewOf(breakers, target)?.state === state ? true : undefined), 1_000);

/** What all breakers must do, whoever they share their state with. */
function behavesLikeBreakers(make: Make): void {
  it('lets calls pass at once, without a promise', async () => {
    const { breakers, changes } = await make();
    const target = aModel();
    for (let i = 0; i < 20; i++) {
      const permit = breakers.admit(target, WITHIN_MS);
      expect(permit).not.toBeInstanceOf(Promise);
      (permit as Permit).began();
      (permit as Permit).ended('success');
    }
    expect(viewOf(breakers, target)).toMatchObject({ state: 'closed', calls: 20, failures: 0, slow: 0 });
    expect(changes).toEqual([]);
  });

  it('refuses at once after too many failures, says for how long, and leaves other models alone', async () => {
    const { breakers, changes } = await make({ openMs: 2_500 });
    const [target, other] = [aModel(), aModel()];
    await fail(breakers, target);
    expect(() => breakers.admit(target, WITHIN_MS)).toThrow(
      expect.objectContaining({
        code: 'circuit_open',
        message: expect.stringContaining(`p/${target.model}`),
        facts: { retryAfter: 3, attempts: 0 },
      }),
    );
    expect(await isRefused(breakers, other)).toBe(false);
    expect(changes).toEqual([{ ...target, from: 'closed', to: 'open', reason: 'failures' }]);
    const view = viewOf(breakers, target);
    expect(Math.abs((view?.since ?? 0) - Date.now())).toBeLessThan(1_000);
    expect((view?.openUntil ?? 0) - Date.now()).toBeGreaterThan(1_000);
  });

  it('refuses when answers are slow to begin', async () => {
    const { breakers, changes } = await make();
    const target = aModel();
    const permits = [];
    for (let i = 0; i < 4; i++) permits.push(await admit(breakers, target));
    await sleep(280);
    for (const permit of permits) {
      permit.began();
      permit.ended('success');
    }
    expect(await isRefused(breakers, target)).toBe(true);
    expect(changes).toMatchObject([{ to: 'open', reason: 'slow' }]);
  });

  it('never opens for what is not the fault of the provider', async () => {
    const { breakers } = await make();
    const target = aModel();
    for (let i = 0; i < 20; i++) (await admit(breakers, target)).ended('ignored');
    expect(await isRefused(breakers, target)).toBe(false);
  });

  it('sends one probe at a time, and closes after enough of them', async () => {
    const { breakers, changes } = await make({ probes: 2 });
    const target = aModel();
    await fail(breakers, target);
    await sleep(OPEN_MS + 20);
    for (let round = 0; round < 2; round++) {
      const asked = await Promise.allSettled(Array.from({ length: 20 }, async () => await admit(breakers, target)));
      const probes = asked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(probes).toHaveLength(1);
      probes[0]?.began();
      probes[0]?.ended('success');
    }
    expect(await isRefused(breakers, target)).toBe(false);
    expect(changes.map(({ to }) => to)).toEqual(['open', 'half_open', 'closed']);
    expect(viewOf(breakers, target)).toMatchObject({ state: 'closed', calls: 0 });
  });

  it('rests again when the probe fails', async () => {
    const { breakers, changes } = await make();
    const target = aModel();
    await fail(breakers, target);
    await sleep(OPEN_MS + 20);
    await fail(breakers, target, 1);
    expect(await isRefused(breakers, target)).toBe(true);
    expect(changes.map(({ to }) => to)).toEqual(['open', 'half_open', 'open']);
  });

  it('gives the place of a probe to the next when nothing can be said of it, or nothing is heard of it', async () => {
    const { breakers } = await make();
    const target = aModel();
    await fail(breakers, target);
    await sleep(OPEN_MS + 20);
    (await admit(breakers, target)).ended('ignored');
    await breakers.admit(target, 300);
    expect(await isRefused(breakers, target)).toBe(true);
    await sleep(320);
    await succeed(breakers, target);
    expect(viewOf(breakers, target)).toMatchObject({ state: 'closed' });
  });

  it('keeps a bounded number of breakers, and forgets the idle ones first', async () => {
    const { breakers } = await make({}, 10);
    const [open, used] = [aModel(), aModel()];
    await fail(breakers, open);
    await fail(breakers, used, 1);
    for (let i = 0; i < 50; i++) {
      await succeed(breakers, aModel());
      await succeed(breakers, used);
    }
    expect(breakers.states()).toHaveLength(10);
    expect(viewOf(breakers, open)).toMatchObject({ state: 'open' });
    expect(viewOf(breakers, used)).toMatchObject({ calls: 51, failures: 1 });
  });

  it.each(['x'.repeat(100_000), '\ud83d'.repeat(3), `${'😀'.repeat(99)}!`.repeat(9), 'a b\n\0:*[]{}é'])(
    'takes any name (%#)',
    async (model) => {
      const { breakers } = await make();
      const [target, other] = [
        { provider: 'p', model: `${model}1` },
        { provider: 'p', model: `${model}2` },
      ];
      await fail(breakers, target);
      await sleep(50);
      expect(await isRefused(breakers, target)).toBe(true);
      expect(await isRefused(breakers, other)).toBe(false);
      expect(breakers.states()).toHaveLength(2);
      for (const view of breakers.states()) expect(view.model.length).toBeLessThanOrEqual(200);
      await sleep(OPEN_MS);
      await succeed(breakers, target);
    },
  );
}

describe('LocalBreakers', () =>
  behavesLikeBreakers((over = {}, most) => {
    const changes: BreakerChanged[] = [];
    const options = {
      policyOf: () => ({ ...policy, ...over }),
      onChange: (change: BreakerChanged) => changes.push(change),
    };
    return Promise.resolve({ breakers: new LocalBreakers({ ...options, ...(most && { most }) }), changes });
  }));

describe('RedisBreakers', () => {
  let server: TestRedis;
  let started: { stop(): void }[] = [];
  let processes = 0;

  beforeAll(async () => void (server = await startRedis()));
  afterEach(() => {
    for (const process of started) process.stop();
    started = [];
  });
  afterAll(() => server?.stop());

  interface Replica extends Made {
    readonly redis: Redis;
    readonly sharing: boolean[];
    /** As a process that is killed. */
    stop(): void;
  }
  const replica = async (
    over: Partial<BreakerPolicy> = {},
    most?: number,
    prefix?: string,
    polls = true,
  ): Promise<Replica> => {
    const redis = new Redis(server.url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1_000 });
    redis.on('error', () => undefined);
    await new Promise((ready) => void redis.once('ready', ready));
    const changes: BreakerChanged[] = [];
    const sharing: boolean[] = [];
    const breakers = new RedisBreakers(new BreakerExchange(redis, `replica-${++processes}`, prefix), {
      policyOf: () => ({ ...policy, ...over }),
      onChange: (change) => changes.push(change),
      onStateChange: (shared) => sharing.push(shared),
      leaseMs: 500,
      ...(most && { most }),
    });
    if (polls) await breakers.onApplicationBootstrap();
    const stop = (): void => {
      breakers.onApplicationShutdown();
      redis.disconnect();
    };
    started.push({ stop });
    return { breakers, changes, redis, sharing, stop };
  };
  const pair = async (over: Partial<BreakerPolicy> = {}) => [await replica(over), await replica(over)] as const;

  describe('alone', () => {
    let spaces = 0;
    behavesLikeBreakers((over, most) => replica(over, most, `alone-${++spaces}:`));
  });

  it('open everywhere when they open somewhere, also where nobody calls, and say who did it', async () => {
    const [a, b] = await pair();
    const target = aModel();
    await fail(a.breakers, target);
    await becomes(b.breakers, target, 'open');
    expect(await isRefused(b.breakers, target)).toBe(true);
    const learnt = b.changes.filter(({ model }) => model === target.model);
    expect(learnt).toEqual([{ ...target, from: 'closed', to: 'open', reason: 'replica' }]);
    const [one, other] = [a, b].map(({ breakers }) => viewOf(breakers, target)?.openUntil ?? 0);
    expect(Math.abs((one ?? 0) - (other ?? 0))).toBeLessThan(150);
  });

  it('open when all failures together are too many', async () => {
    const [a, b] = await pair();
    const target = aModel();
    await Promise.all([fail(a.breakers, target, 2), fail(b.breakers, target, 2)]);
    await Promise.all([becomes(a.breakers, target, 'open'), becomes(b.breakers, target, 'open')]);
    expect([...a.changes, ...b.changes].map(({ reason }) => reason)).toContain('failures');
  });

  it('stay closed when all calls together go well', async () => {
    const [a, b] = await pair();
    const target = aModel();
    await succeed(b.breakers, target, 100);
    await succeed(a.breakers, target);
    await until(() => (viewOf(a.breakers, target)?.calls === 101 ? true : undefined));
    await fail(a.breakers, target, 10);
    await until(() => (viewOf(b.breakers, target)?.calls === 111 ? true : undefined));
    expect(viewOf(b.breakers, target)).toMatchObject({ state: 'closed', failures: 10 });
    expect(a.changes.filter(({ model }) => model === target.model)).toEqual([]);
  });

  it('are known to a process that has just started', async () => {
    const a = await replica();
    const target = aModel();
    await fail(a.breakers, target);
    await until(async () => (await a.redis.hget('gatehouse:{breakers}:states', `p/${target.model}`)) ?? undefined);
    expect(await isRefused((await replica()).breakers, target)).toBe(true);
  });

  it('send one probe from all processes together, and close and open everywhere', async () => {
    const [a, b] = await pair({ probes: 2 });
    const target = aModel();
    await fail(a.breakers, target);
    await becomes(b.breakers, target, 'open');
    const probes = async (): Promise<Permit[]> => {
      const asked = Array.from({ length: 30 }, async (_, i) => await admit(i % 2 ? a.breakers : b.breakers, target));
      const results = await Promise.allSettled(asked);
      return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    };
    await sleep(OPEN_MS + 20);
    const failing = await probes();
    expect(failing).toHaveLength(1);
    failing[0]?.ended('failure');
    await Promise.all([becomes(a.breakers, target, 'open'), becomes(b.breakers, target, 'open')]);
    await sleep(OPEN_MS + 50);
    for (let round = 0; round < 2; round++) {
      const asked = await until(async () => {
        const permits = await probes();
        return permits.length ? permits : undefined;
      });
      expect(asked).toHaveLength(1);
      asked[0]?.began();
      asked[0]?.ended('success');
    }
    await Promise.all([becomes(a.breakers, target, 'closed'), becomes(b.breakers, target, 'closed')]);
    expect(viewOf(a.breakers, target)?.calls).toBe(0);
    expect(viewOf(b.breakers, target)?.calls).toBe(0);
  });

  it('keep the place of a long probe, and give it away soon after its process was killed', async () => {
    const [a, b] = await pair();
    const target = aModel();
    await fail(a.breakers, target);
    await becomes(b.breakers, target, 'open');
    await sleep(OPEN_MS + 20);
    await admit(a.breakers, target);
    await becomes(b.breakers, target, 'half_open');
    for (const end = Date.now() + 1_200; Date.now() < end; await sleep(50))
      expect(await isRefused(b.breakers, target)).toBe(true);
    a.stop();
    await until(async () => !(await isRefused(b.breakers, target)) || undefined, 1_500);
    await succeed(b.breakers, target);
    expect(viewOf(b.breakers, target)).toMatchObject({ state: 'closed' });
  });

  it('send no second probe because one process has not heard that the first goes on', async () => {
    const [a, deaf] = [await replica(), await replica({}, undefined, undefined, false)];
    const target = aModel();
    await fail(a.breakers, target);
    await sleep(OPEN_MS + 20);
    await admit(a.breakers, target);
    await fail(deaf.breakers, aModel(), 1); // which makes it listen once
    await becomes(deaf.breakers, target, 'half_open');
    await sleep(700);
    expect(await isRefused(deaf.breakers, target)).toBe(true);
  });

  it('leave nothing in Redis for ever, and nothing that grows', async () => {
    const a = await replica({}, undefined, 'expiring:');
    for (let i = 0; i < 5; i++) await fail(a.breakers, aModel());
    await fail(a.breakers, aModel(), 1);
    await sleep(500);
    const keys = await a.redis.keys('expiring:*');
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(await a.redis.pttl(key)).toBeGreaterThan(0);
  });

  it('go on alone while Redis is silent, wait for nobody, and share again by themselves', async () => {
    const [a, b] = await pair();
    const [before, during, fine] = [aModel(), aModel(), aModel()];
    await succeed(b.breakers, fine, 100);
    await succeed(a.breakers, fine);
    await until(() => (viewOf(a.breakers, fine)?.calls === 101 ? true : undefined));
    await fail(a.breakers, before);
    await becomes(b.breakers, before, 'open');
    server.pause();
    try {
      await sleep(OPEN_MS + 20);
      const started = performance.now();
      await succeed(a.breakers, before); // the probe waits once, for as long as it takes to know
      expect(performance.now() - started).toBeLessThan(400);
      expect(viewOf(a.breakers, before)).toMatchObject({ state: 'closed' });
      await until(() => (a.sharing.length && b.sharing.length ? true : undefined));
      await fail(a.breakers, during);
      expect(await isRefused(a.breakers, during)).toBe(true);
      await sleep(OPEN_MS + 20);
      expect(a.breakers.admit(during, WITHIN_MS)).not.toBeInstanceOf(Promise);
      expect(viewOf(b.breakers, before)).toMatchObject({ state: 'open' });
      await until(() => (viewOf(a.breakers, fine)?.calls === 1 ? true : undefined));
      await fail(a.breakers, fine, 3);
      expect(await isRefused(a.breakers, fine)).toBe(true);
    } finally {
      server.resume();
    }
    await until(() => (a.sharing.length === 2 && b.sharing.length === 2 ? true : undefined), 10_000);
    await becomes(b.breakers, before, 'closed');
    await becomes(b.breakers, during, 'half_open');
    expect([a.sharing, b.sharing]).toEqual([
      [false, true],
      [false, true],
    ]);
  });

  it('hold what they know when Redis has lost it, and tell it again', async () => {
    const [a, b] = await pair({ openMs: 3_000 });
    const target = aModel();
    await fail(a.breakers, target);
    await becomes(b.breakers, target, 'open');
    await a.redis.flushall();
    await sleep(500);
    expect([await isRefused(a.breakers, target), await isRefused(b.breakers, target)]).toEqual([true, true]);
  });
});
