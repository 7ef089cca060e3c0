import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '../../src/contract/ids';
import type { Budget } from '../../src/features/budgets';
import { endJobHolds, takeForJob } from '../../src/features/budgets/job-holds';
import type { StoredHolds } from '../../src/features/budgets/stored-holds.store';
import { BudgetSite } from '../support/budget-site';
import { fixed, held, settled, take } from '../support/holding';

describe('what is held for a job', () => {
  let site: BudgetSite;
  beforeAll(async () => {
    site = await BudgetSite.build();
  });
  afterEach(() => site.clear());
  afterAll(() => site?.close());

  const forJob = async (jobId: string, budgets: readonly Budget[], base: bigint, seconds = 60) => {
    await site.client.query('begin');
    const request = { jobId, tenantId: site.tenantId, n: 0, at: Date.now(), seconds, estimate: fixed(base) };
    const taken = await takeForJob(site.client, { ...request, budgets: budgets.map(({ id }) => id) });
    await site.client.query('commit');
    return taken;
  };
  const takeOf = (store: StoredHolds, budgets: readonly Budget[], base: bigint, job: string) =>
    store.take({
      callId: uuidv7(),
      at: Date.now(),
      budgets: budgets.map(({ id }) => id),
      estimate: fixed(base),
      job,
    });

  it('lives beyond the process, and is taken by the calls of the job first', async () => {
    const budget = await site.budget({ limit: 1_000n });
    const [job, store] = [uuidv7(), site.replica()];
    expect((await forJob(job, [budget], 900n)).kind).toBe('held');
    expect((await take(store, [budget], 200n)).kind).toBe('short');
    const call = held(await takeOf(store, [budget], 600n, job));
    expect(await site.state(budget.id)).toMatchObject({ held: 900n });
    await settled(store, call, 100n);
    // what the call did not use is free, and what is left is still the job's
    expect(await site.state(budget.id)).toMatchObject({ held: 400n });
    expect((await takeOf(store, [budget], 300n, job)).kind).toBe('held');
    expect((await takeOf(store, [budget], 700n, job)).kind).toBe('short');
    expect(await site.state(budget.id)).toMatchObject({ held: 400n });
    await endJobHolds(site.client, [job]);
    expect(await site.state(budget.id)).toMatchObject({ held: 400n });
    await store.kill();
  });

  it('lets nobody else have the room that changes hands, however many ask at once', async () => {
    const budget = await site.budget({ limit: 1_000n });
    const jobs = Array.from({ length: 5 }, () => uuidv7());
    for (const job of jobs) held(await forJob(job, [budget], 200n));
    const stores = [site.replica(), site.replica()];
    const taken = await Promise.all([
      ...jobs.map((job, i) => takeOf(stores[i % 2] as StoredHolds, [budget], 200n, job)),
      ...jobs.map((_, i) => take(stores[i % 2] as StoredHolds, [budget], 1n)),
    ]);
    expect(taken.slice(0, 5).map(({ kind }) => kind)).toEqual(jobs.map(() => 'held'));
    expect(taken.slice(5).map(({ kind }) => kind)).toEqual(jobs.map(() => 'short'));
    expect(await site.state(budget.id)).toMatchObject({ held: 1_000n });
  });

  it('takes only from budgets that the job holds something in, and from none when the call does not fit', async () => {
    const [one, other] = [await site.budget(), await site.budget({ scope: 'key', name: 'k', limit: 100n })];
    const [job, store] = [uuidv7(), site.replica()];
    held(await forJob(job, [one], 500n));
    expect((await takeOf(store, [one, other], 200n, job)).kind).toBe('short');
    expect(await site.state(one.id)).toMatchObject({ held: 500n });
    held(await takeOf(store, [one, other], 50n, job));
    expect([(await site.state(one.id)).held, (await site.state(other.id)).held]).toEqual([500n, 50n]);
  });

  it('is taken again by the next attempt when a call failed or its process died, whoever waits for the room', async () => {
    const ends = fc.constantFrom('failed', 'dear', 'died', 'answered');
    await fc.assert(
      fc.asyncProperty(
        fc.array(ends, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 400 }),
        async (all, price) => {
          const budget = await site.budget({ limit: 1_000n });
          const job = uuidv7();
          let store = site.replica();
          const others = site.replica();
          held(await forJob(job, [budget], 900n));
          held(await take(others, [budget], 100n));
          let left = 900n;
          const paid: { callId: string; at: number; cost: bigint }[] = [];
          for (const end of all) {
            // as much as the job still has, and somebody always waits for room
            if (left === 0n) break;
            const hold = held(await takeOf(store, [budget], left, job));
            expect((await take(others, [budget], 1n)).kind).toBe('short');
            const cost = end === 'dear' || end === 'answered' ? (BigInt(price) < left ? BigInt(price) : left) : 0n;
            if (end === 'died') {
              await store.kill();
              store = site.replica();
            } else await settled(store, hold, cost, end !== 'answered');
            if (cost) paid.push({ callId: hold.callId, at: Date.now(), cost });
            // an answer leaves nothing to be asked for again
            left = end === 'answered' ? 0n : left - cost;
          }
          await endJobHolds(site.client, [job]);
          // of a process that died last nobody says anything: its lease runs out
          await site.client.query(`update budget_owners set lease_until = now() - interval '1 minute' where id <> $1`, [
            others.owner,
          ]);
          await site.project(site.client, budget, paid);
          const spent = paid.reduce((sum, { cost }) => sum + cost, 0n);
          expect(await site.state(budget.id)).toMatchObject({ spent, held: 100n });
          await site.clear();
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  it('gives nothing back to a job that has ended', async () => {
    const budget = await site.budget({ limit: 1_000n });
    const [job, store] = [uuidv7(), site.replica()];
    held(await forJob(job, [budget], 900n));
    const call = held(await takeOf(store, [budget], 600n, job));
    await endJobHolds(site.client, [job]);
    await settled(store, call, 0n, true);
    expect(await site.state(budget.id)).toMatchObject({ held: 0n });
  });

  it('is free when its time is over, if nobody ended it', async () => {
    const budget = await site.budget();
    held(await forJob(uuidv7(), [budget], 500n, 0.3));
    await sleep(400);
    expect(await site.state(budget.id)).toMatchObject({ held: 0n });
  });
});
