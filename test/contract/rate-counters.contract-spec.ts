import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Granted, MemoryCounters, RateCounters, RedisCounters, type Verdict } from '../../src/features/limits';
import { Random } from '../support/hostile/random';
import { startRedis, type TestRedis } from '../support/redis';

const WINDOW = 1_800;
/** For how long what was taken may weigh: 61/60 of the window. */
const KEPT = WINDOW + WINDOW / 60;

let counters = 0;
const aCounter = () => `${process.pid}:${++counters}`;
const granted = (verdict: Verdict): Granted => {
  if (!verdict.granted) throw new Error(`refused for ${verdict.waitMs} ms`);
  return verdict;
};

/** One call as it went: when it was let in, what it took, and what it really used. */
interface Entry {
  readonly at: number;
  counted: number;
}
const between = (log: readonly Entry[], after: number, until: number) =>
  log.reduce((sum, { at, counted }) => (at > after && at <= until ? sum + counted : sum), 0);

/** The same for each seed, at the same time: windows of time pass for all of them at once. */
async function withSeeds(seeds: readonly number[], check: (seed: number) => Promise<void>): Promise<void> {
  const failed = (seed: number) => (error: unknown) => {
    throw new Error(`with seed ${seed}`, { cause: error });
  };
  await Promise.all(seeds.map((seed) => check(seed).catch(failed(seed))));
}

/** What all counters must do. `make` gives processes that share their counts. */
function behavesLikeRateCounters(make: () => readonly RateCounters[]): void {
  it('takes until the limit is reached, and says what is used', async () => {
    const [counters] = make() as [RateCounters];
    const charge = (amount: number) => [{ counter, limit: 100, amount }];
    const counter = aCounter();
    expect(await counters.take(charge(60))).toMatchObject({ granted: true, used: [60] });
    expect(await counters.take(charge(41))).toMatchObject({ granted: false, used: [60], index: 0 });
    expect(await counters.take(charge(40))).toMatchObject({ granted: true, used: [100] });
    const refused = await counters.take(charge(1));
    expect(refused).toMatchObject({ granted: false });
    expect((refused as { waitMs: number }).waitMs).toBeGreaterThan(55_000);
    expect((refused as { waitMs: number }).waitMs).toBeLessThanOrEqual(61_000);
  });

  it('takes all charges of a call or none, and names the one that waits longest', async () => {
    const [counters] = make() as [RateCounters];
    const [small, large] = [aCounter(), aCounter()];
    const call = (amount: number) => [
      { counter: large, limit: 1_000, amount },
      { counter: small, limit: 2, amount: 1 },
    ];
    granted(await counters.take(call(400)));
    granted(await counters.take(call(400)));
    expect(await counters.take(call(100))).toMatchObject({ granted: false, used: [800, 2], index: 1 });
    expect(await counters.take([{ counter: large, limit: 1_000, amount: 200 }])).toMatchObject({ used: [1_000] });
  });

  it('gives back what was not used and counts what was used beyond, once', async () => {
    const [counters] = make() as [RateCounters];
    const counter = aCounter();
    const take = (amount: number) => counters.take([{ counter, limit: 100, amount }]);
    const first = granted(await take(90));
    first.correct([30]);
    first.correct([0]);
    const second = granted(await take(10));
    expect(second.used).toEqual([40]);
    second.correct([75]);
    expect(await take(1)).toMatchObject({ granted: false, used: [105] });
  });

  it('is never over and never early, whatever comes in', () =>
    withSeeds([1, 2, 3], async (seed) => {
      const random = new Random(seed);
      const processes = make();
      const counter = aCounter();
      const limit = 200 + random.below(400);
      const log: Entry[] = [];
      const open: { granted: Granted; entry: Entry }[] = [];
      let refusals = 0;
      for (const end = Date.now() + 2.2 * WINDOW; Date.now() < end; await sleep(random.below(12))) {
        const amount = 1 + random.below(limit / 4);
        const verdict = await random.pick(processes).take([{ counter, limit, amount }], WINDOW);
        if (verdict.granted) {
          const entry = { at: verdict.at, counted: amount };
          log.push(entry);
          open.push({ granted: verdict, entry });
          expect(between(log, verdict.at - WINDOW, verdict.at)).toBeLessThanOrEqual(limit);
        } else {
          refusals++;
          expect(between(log, verdict.at - KEPT, verdict.at) + amount).toBeGreaterThan(limit);
          expect(verdict.waitMs).toBeLessThanOrEqual(Math.ceil(KEPT));
        }
        if (open.length && random.chance(0.4)) {
          const [call] = open.splice(random.below(open.length), 1) as [(typeof open)[number]];
          call.entry.counted = random.below(call.entry.counted + 1);
          call.granted.correct([call.entry.counted]);
          await settledBy(processes);
        }
      }
      expect(refusals).toBeGreaterThan(0);
    }));

  it('admits after the wait it asked for', async () => {
    const [counters] = make() as [RateCounters];
    const counter = aCounter();
    const take = (amount: number) => counters.take([{ counter, limit: 10, amount }], WINDOW);
    granted(await take(4));
    await sleep(300);
    granted(await take(6));
    for (const amount of [3, 5]) {
      const refused = await take(amount);
      if (refused.granted) throw new Error('nothing was left');
      // timers go by another clock, and may be early by a millisecond of this one
      await sleep(refused.waitMs + 1);
      granted(await take(amount));
    }
  });

  it('serves callers that race to the last token and no further', () =>
    withSeeds([11, 12, 13], async (seed) => {
      const random = new Random(seed);
      const processes = make();
      const charges = { counter: aCounter(), limit: 50_000 };
      const log: { at: number; took: number; used: number }[] = [];
      const caller = async (): Promise<void> => {
        for (let i = 0; i < 40; i++) {
          const took = 100 + random.below(1_000);
          const verdict = await random.pick(processes).take([{ ...charges, amount: took }], WINDOW);
          if (!verdict.granted) return;
          await sleep(random.below(20));
          const used = random.below(took + 1);
          log.push({ at: verdict.at, took, used });
          verdict.correct([used]);
        }
      };
      await Promise.all(Array.from({ length: 40 }, caller));
      await settledBy(processes);
      // what was not used is there again to the last token; to ask for more than there can be only looks
      const last = await processes[0]!.take([{ ...charges, amount: charges.limit + 1 }], WINDOW);
      for (const { at } of log) {
        const inWindow = log.filter((call) => call.at > at - WINDOW && call.at <= at);
        expect(inWindow.reduce((sum, { used }) => sum + used, 0)).toBeLessThanOrEqual(charges.limit);
      }
      const real = log.filter(({ at }) => at > last.at - WINDOW).reduce((sum, { used }) => sum + used, 0);
      const kept = log.filter(({ at }) => at > last.at - KEPT).reduce((sum, { used }) => sum + used, 0);
      expect(last.used[0]).toBeGreaterThanOrEqual(real);
      expect(last.used[0]).toBeLessThanOrEqual(kept);
      expect(log.length).toBeGreaterThan(50);
    }));
}

/** Corrections are not waited for; what is asked afterwards on the same connection is answered after them. */
async function settledBy(processes: readonly RateCounters[]): Promise<void> {
  await Promise.all(processes.map((one) => one.take([{ counter: aCounter(), limit: 1, amount: 1 }])));
}

describe('MemoryCounters', () => {
  behavesLikeRateCounters(() => [new MemoryCounters()]);

  it('forgets counters that nobody uses, and never keeps more than it may', async () => {
    let now = 1_000_000;
    const counters = new MemoryCounters(100, () => now);
    const take = (counter: string) => counters.take([{ counter, limit: 5, amount: 5 }]);
    for (let i = 0; i < 1_000; i++) await take(`k${i}`);
    expect(counters.size).toBe(100);
    now += 61_000;
    granted(await take('k999'));
    now += 60_999;
    expect((await take('k999')).granted).toBe(false);
    now += 61_001;
    granted(await take('another'));
    expect(counters.size).toBeLessThanOrEqual(2);
  });

  it('counts what a call used beyond what it took, although nobody has used its counter meanwhile', async () => {
    let now = 1_000_000;
    const counters = new MemoryCounters(100, () => now);
    const take = (amount: number) => counters.take([{ counter: 'k', limit: 10, amount }]);
    const long = granted(await take(1));
    now += 300_000;
    long.correct([10]);
    expect(await take(2)).toMatchObject({ granted: false, used: [9], waitMs: 61_000 });
  });
});

describe('RedisCounters', () => {
  let server: TestRedis;
  const clients: Redis[] = [];
  const client = (): Redis => {
    const redis = new Redis(server.url, { maxRetriesPerRequest: 1 });
    redis.on('error', () => undefined);
    clients.push(redis);
    return redis;
  };
  // what is counted must be right however slow the machine is; that slowness is noticed has its own test
  const patient = { deadlineMs: 10_000 };
  const nobody = Object.assign(new MemoryCounters(), {
    take: () => Promise.reject(new Error('the fallback was asked')),
  });
  const aProcess = () => new RedisCounters(client(), nobody, patient);
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    for (const redis of clients) redis.disconnect();
    await server?.stop();
  });

  describe('of three processes', () => behavesLikeRateCounters(() => [aProcess(), aProcess(), aProcess()]));

  it('lets what a process took that died weigh on until the window is over', async () => {
    const doomed = client();
    const [dead, alive] = [new RedisCounters(doomed, nobody, patient), aProcess()];
    const counter = aCounter();
    const charge = [{ counter, limit: 10, amount: 10 }];
    granted(await dead.take(charge, WINDOW));
    doomed.disconnect();
    const refused = await alive.take(charge, WINDOW);
    if (refused.granted) throw new Error('what it took was forgotten');
    await sleep(refused.waitMs);
    granted(await alive.take(charge, WINDOW));
  });

  it('leaves nothing behind for ever', async () => {
    const redis = client();
    const counter = aCounter();
    const taken = granted(await aProcess().take([{ counter, limit: 10, amount: 1 }]));
    for (const amount of [1, 3]) {
      taken.correct([amount]);
      const ttl = await redis.pttl(`gatehouse:rate:${counter}`);
      expect(ttl).toBeGreaterThan(60_000);
      expect(ttl).toBeLessThanOrEqual(62_000);
    }
  });

  it('survives a Redis that has forgotten everything', async () => {
    const counters = aProcess();
    const counter = aCounter();
    const take = (amount: number) => counters.take([{ counter, limit: 10, amount }]);
    const before = granted(await take(9));
    await client().flushall();
    before.correct([2]);
    expect(await take(10)).toMatchObject({ granted: true, used: [10] });
  });

  it('counts in memory while Redis is silent, within a tenth of a second, and returns by itself', async () => {
    const states: boolean[] = [];
    const counters = new RedisCounters(client(), new MemoryCounters(), { onStateChange: (up) => states.push(up) });
    const charge = [{ counter: aCounter(), limit: 100, amount: 10 }];
    await counters.take([{ ...charge[0]!, amount: 1 }]);
    server.pause();
    const started = performance.now();
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => counters.take(charge)));
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(verdicts.filter((verdict) => verdict.granted)).toHaveLength(10);
    granted(verdicts[0] as Verdict).correct([0]);
    expect((await counters.take(charge)).granted).toBe(true);
    expect(states).toEqual([false]);
    server.resume();
    await sleep(1_100);
    await counters.take(charge);
    expect([states, counters.state()]).toEqual([[false, true], [{ scope: 'shared' }]]);
  });

  it('does not take a delay of its own process for one of Redis', async () => {
    const counters = new RedisCounters(client(), nobody);
    const charge = [{ counter: aCounter(), limit: 100, amount: 1 }];
    granted(await counters.take(charge).catch(() => counters.take(charge)));
    const asked = counters.take(charge);
    const until = performance.now() + 300;
    while (performance.now() < until);
    expect(granted(await asked).used).toEqual([2]);
  });
});
