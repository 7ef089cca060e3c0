import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '../../src/contract/ids';
import type { Budget, Estimate } from '../../src/features/budgets';
import { BudgetSite } from '../support/budget-site';
import { held, settled, take } from '../support/holding';

const HOUR_MS = 3_600_000;

describe('budget holds', () => {
  let site: BudgetSite;
  beforeAll(async () => {
    site = await BudgetSite.build();
  });
  afterEach(() => site.clear());
  afterAll(() => site?.close());

  it('lets calls in up to the limit and says of the next one what is in its way', async () => {
    const budget = await site.budget({ limit: 1_000n });
    const store = site.replica();
    held(await take(store, [budget], 600n));
    held(await take(site.replica(), [budget], 400n));
    expect(await take(store, [budget], 1n)).toEqual({
      kind: 'short',
      shortage: expect.objectContaining({ budgetId: budget.id, limit: 1_000n, spent: 0n, held: 1_000n, asked: 1n }),
    });
    expect(await site.state(budget.id)).toMatchObject({ spent: 0n, held: 1_000n });
  });

  it('is exact beyond what a floating point number can tell apart', async () => {
    const limit = 9_007_199_254_740_993_000_001n;
    const budget = await site.budget({ limit });
    const store = site.replica();
    held(await take(store, [budget], limit - 1n));
    expect((await take(store, [budget], 2n)).kind).toBe('short');
    expect(held(await take(store, [budget], 1n)).picos).toBe(1n);
  });

  it('holds in all budgets of a call or in none', async () => {
    const [wide, narrow] = [await site.budget(), await site.budget({ scope: 'key', name: 'k', limit: 10n })];
    const store = site.replica();
    const taken = await take(store, [wide, narrow], 11n);
    expect(taken).toMatchObject({ kind: 'short', shortage: { budgetId: narrow.id } });
    expect((await site.state(wide.id)).held).toBe(0n);
    held(await take(store, [wide, narrow], 10n));
    expect([(await site.state(wide.id)).held, (await site.state(narrow.id)).held]).toEqual([10n, 10n]);
  });

  it('makes room at once when a call cost less, and all of it when it cost nothing', async () => {
    const budget = await site.budget();
    const store = site.replica();
    const [one, two] = [held(await take(store, [budget], 600n)), held(await take(store, [budget], 400n))];
    store.settle(one, 100n);
    held(await take(store, [budget], 500n));
    await settled(store, two, 0n);
    expect((await site.state(budget.id)).held).toBe(600n);
  });

  it('never counts a call twice nor not at all while the ledger takes it over', async () => {
    const budget = await site.budget();
    const store = site.replica();
    const at = Date.now();
    const hold = held(await take(store, [budget], 600n, at));
    await settled(store, hold, 250n);
    await site.project(site.client, budget, [{ callId: hold.callId, at, cost: 250n }]);
    expect(await site.state(budget.id)).toMatchObject({ spent: 250n, held: 0n });
    expect((await take(store, [budget], 751n)).kind).toBe('short');
    held(await take(store, [budget], 750n));
  });

  it('cuts an elastic answer down to a tenth of what is left, and to 256 tokens at least', async () => {
    const budget = await site.budget({ limit: 100_000n });
    const store = site.replica();
    const elastic = (base: bigint, tokens: number): Estimate => ({ base, perToken: 10n, tokens, elastic: true });
    expect(held(await take(store, [budget], elastic(100n, 900)))).toMatchObject({ tokens: 900, picos: 9_100n });
    // 90,900 are left: a tenth is 9,090
    expect(held(await take(store, [budget], elastic(90n, 64_000)))).toMatchObject({ tokens: 900, picos: 9_090n });
    expect(held(await take(store, [budget], elastic(20_000n, 64_000)))).toMatchObject({ tokens: 256, picos: 22_560n });
    expect((await take(store, [budget], elastic(60_000n, 64_000))).kind).toBe('short');
    // who asks for less than the least is given that
    expect(held(await take(store, [budget], elastic(20_000n, 16)))).toMatchObject({ tokens: 16 });
  });

  it('refuses nothing under a budget that is not hard, and says that it is exceeded', async () => {
    const soft = await site.budget({ limit: 10n, hard: false });
    const store = site.replica();
    expect(held(await take(store, [soft], 10n)).over).toBe(false);
    expect(held(await take(store, [soft], { base: 1n, perToken: 1n, tokens: 9_000, elastic: true }))).toMatchObject({
      over: true,
      tokens: 9_000,
    });
  });

  it('knows changed and deleted budgets before the process does', async () => {
    const budget = await site.budget({ limit: 10n });
    const store = site.replica();
    expect((await take(store, [budget], 20n)).kind).toBe('short');
    await site.table.change({ ...budget, limit: 20n });
    held(await take(store, [budget], 20n));
    await site.table.delete(budget.id);
    held(await take(store, [budget], 1_000n));
  });

  describe('windows', () => {
    const spend = (budget: Budget, at: number, cost: bigint) =>
      site.project(site.client, budget, [{ callId: uuidv7(), at, cost }]);

    it('counts a call in the day in which it came, before and after midnight', async () => {
      const budget = await site.budget({ period: 'day' });
      const store = site.replica();
      const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000;
      await spend(budget, midnight - 1, 900n);
      held(await take(store, [budget], 1_000n, midnight));
      expect((await take(store, [budget], 101n, midnight - 1)).kind).toBe('short');
      held(await take(store, [budget], 100n, midnight - 1));
      expect(await site.state(budget.id)).toMatchObject({
        spent: 0n,
        held: 1_000n,
        starts: new Date(midnight),
        ends: new Date(midnight + 86_400_000),
      });
    });

    it('begins months on their first day, UTC', async () => {
      const budget = await site.budget();
      const store = site.replica();
      const [last, first] = [Date.UTC(2026, 1, 28, 23, 59, 59), Date.UTC(2026, 2, 1)];
      await spend(budget, last, 1_000n);
      expect(await take(store, [budget], 1n, last)).toMatchObject({
        shortage: { starts: new Date('2026-02-01T00:00:00Z'), ends: new Date('2026-03-01T00:00:00Z') },
      });
      held(await take(store, [budget], 1_000n, first));
    });

    it('looks back as many days as a rolling window has, in whole hours', async () => {
      const budget = await site.budget({ period: { rollingDays: 2 } });
      const store = site.replica();
      const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
      await spend(budget, hour - 48 * HOUR_MS, 400n);
      await spend(budget, hour - 48 * HOUR_MS - 1, 400n);
      expect(await site.state(budget.id)).toMatchObject({ spent: 400n, starts: new Date(hour - 48 * HOUR_MS) });
      expect((await site.state(budget.id)).ends).toBeUndefined();
      held(await take(store, [budget], 600n));
      expect((await take(store, [budget], 1n)).kind).toBe('short');
    });

    it('counts in total from the hour in which it was made', async () => {
      const budget = await site.budget({ period: 'total', createdAt: new Date(Date.now() - 300 * 86_400_000) });
      await spend(budget, Date.now() - 301 * 86_400_000, 5n);
      await spend(budget, Date.now() - 299 * 86_400_000, 7n);
      expect((await site.state(budget.id)).spent).toBe(7n);
    });

    it('reads the spend of its own scope only', async () => {
      const [key, tag] = [
        await site.budget({ scope: 'key', name: 'k1' }),
        await site.budget({ scope: 'tag', name: 'k1' }),
      ];
      await spend(key, Date.now(), 7n);
      expect([(await site.state(key.id)).spent, (await site.state(tag.id)).spent]).toEqual([7n, 0n]);
    });
  });

  describe('what nobody settles', () => {
    it('stops counting when the lease of its owner ends, cleared away or not', async () => {
      const budget = await site.budget();
      const [dying, other] = [site.replica(300), site.replica()];
      const hold = held(await take(dying, [budget], 1_000n));
      await dying.kill();
      expect((await take(other, [budget], 1n)).kind).toBe('short');
      await sleep(350);
      held(await take(other, [budget], 1_000n));
      const moment = await site.upkeep.dead();
      expect(await site.upkeep.free(moment as Date)).toEqual([
        expect.objectContaining({ callId: hold.callId, picos: 1_000n, settled: false }),
      ]);
      expect(await site.upkeep.dead()).toBeUndefined();
    });

    it('counts as long as its owner says that it lives', async () => {
      const budget = await site.budget();
      const store = site.replica(300);
      held(await take(store, [budget], 1_000n));
      for (let i = 0; i < 4; i++) {
        await sleep(150);
        await store.beat();
      }
      expect((await site.state(budget.id)).held).toBe(1_000n);
    });

    it('does not outlive the longest call', async () => {
      const budget = await site.budget();
      held(await take(site.replica(15_000, 100), [budget], 1_000n));
      await sleep(120);
      expect((await site.state(budget.id)).held).toBe(0n);
    });

    it('counts after its call ended until the ledger has it, whatever became of its owner', async () => {
      const budget = await site.budget();
      const store = site.replica(200);
      const hold = held(await take(store, [budget], 1_000n));
      await settled(store, hold, 900n);
      await store.kill();
      await sleep(250);
      expect((await site.state(budget.id)).held).toBe(900n);
      expect(await site.upkeep.dead()).toBeUndefined();
      await site.client.query(`update budget_holds set expires_at = expires_at - interval '61 seconds'`);
      const moment = await site.upkeep.dead();
      expect(await site.upkeep.free(moment as Date)).toMatchObject([{ picos: 900n, settled: true }]);
    });

    it('is gone when a process stops in good order', async () => {
      const budget = await site.budget();
      const store = site.replica();
      held(await take(store, [budget], 1_000n));
      await store.close();
      expect((await site.state(budget.id)).held).toBe(0n);
    });
  });

  it('tells of each share of a limit once in a window, however many look', async () => {
    const budget = await site.budget({ soft: [50, 100] });
    const spend = (cost: bigint) => {
      const callId = uuidv7();
      return take(site.replica(), [budget], 1n).then(async (taken) => {
        await site.project(site.client, budget, [{ callId: held(taken).callId, at: Date.now(), cost }]);
        return callId;
      });
    };
    await spend(499n);
    expect(await site.table.takeAlerts()).toEqual([]);
    await spend(1n);
    const alerts = (await Promise.all([1, 2, 3].map(() => site.table.takeAlerts()))).flat();
    expect(alerts).toEqual([expect.objectContaining({ budgetId: budget.id, tenantId: site.tenantId, percent: 50 })]);
    await spend(400n);
    await site.table.change({ ...budget, limit: 900n });
    expect((await site.table.takeAlerts()).map(({ percent }) => percent)).toEqual([100]);
    expect([...(await site.table.shares()).values()]).toEqual([1]);
    // nothing is a share of nothing
    await site.table.change({ ...budget, limit: 0n });
    expect((await site.table.shares()).get(site.tenantId)).toBeUndefined();
  });

  it('refuses in time when PostgreSQL does not answer, and holds nothing of that afterwards', async () => {
    const budget = await site.budget();
    const store = site.replica();
    await site.client.query('begin');
    await site.client.query('lock table budgets in access exclusive mode');
    const started = performance.now();
    await expect(take(store, [budget], 1_000n)).rejects.toMatchObject({
      code: 'storage_unavailable',
      facts: { retryAfter: 2 },
    });
    expect(performance.now() - started).toBeLessThan(4_000);
    await site.client.query('commit');
    held(await take(store, [budget], 1_000n));
  });
});
