import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '../../src/contract/ids';
import type { ClaimedJob, EndedJob } from '../../src/features/jobs';
import { JobErasure } from '../../src/features/jobs/job-erasure.store';
import { JobFeed } from '../../src/features/jobs/job-feed';
import type { JobEvent } from '../../src/features/jobs/job-reader.store';
import { JobSignals } from '../../src/features/jobs/job-signals.store';
import { until } from '../support/ask';
import { databaseText } from '../support/database-text';
import { JobSite } from '../support/job-site';

const ME = uuidv7();
const OTHER = uuidv7();
const ERROR = { code: 'provider_failed', message: 'it failed' };

describe('jobs in PostgreSQL', () => {
  let site: JobSite;
  const claimed = async (leaseMs?: number, worker = ME): Promise<ClaimedJob> => {
    const job = await site.claims(leaseMs).claim(worker);
    if (!job) throw new Error('nothing is due');
    return job;
  };
  const order = async (): Promise<string[]> => {
    const ids: string[] = [];
    for (let job; (job = await site.claims().claim(ME));) ids.push(job.id);
    return ids;
  };
  const statusOf = async (id: string) => (await site.reader.find(id))?.status;

  beforeAll(async () => {
    site = await JobSite.build();
  });
  beforeEach(() => site.clear());
  afterAll(() => site?.close());

  it('give one job to one of all who ask at once', async () => {
    const tenant = await site.newTenant();
    const ids = await Promise.all(Array.from({ length: 20 }, () => site.submit(tenant)));
    const asked = await Promise.all(Array.from({ length: 30 }, () => site.claims().claim(uuidv7())));
    expect(asked.flatMap((job) => job?.id ?? []).sort()).toEqual(ids.sort());
  });

  it('are taken by priority, then by age', async () => {
    const tenant = await site.newTenant();
    const first = await site.submit(tenant);
    const urgent = await site.submit(tenant, { priority: 5 });
    const idle = await site.submit(tenant, { priority: -5 });
    const second = await site.submit(tenant);
    expect(await order()).toEqual([urgent, first, second, idle]);
  });

  it('are taken from the tenant with the fewest under way, and in turns where that is the same', async () => {
    const [many, few] = [await site.newTenant(), await site.newTenant()];
    for (let i = 0; i < 6; i++) await site.submit(many, { priority: 100 });
    const [one, two] = [await site.submit(few), await site.submit(few)];
    const ids = await order();
    expect([ids.indexOf(one), ids.indexOf(two)].map((place) => place < 4)).toEqual([true, true]);

    await site.clear();
    for (const tenant of [many, many, many, few, few, few]) await site.submit(tenant);
    const tenants: string[] = [];
    // one worker that is never at two jobs at once
    for (let job; (job = await site.claims().claim(ME));) {
      tenants.push(job.tenantId);
      await site.claims().finish(job, { status: 'succeeded', result: 1 });
    }
    for (let i = 0; i < tenants.length; i += 2) expect(new Set(tenants.slice(i, i + 2)).size).toBe(2);
  });

  it('are not taken before their time, after it, or by who does not know their type', async () => {
    const tenant = await site.newTenant();
    const later = await site.submit(tenant, { runAt: new Date(Date.now() + 60_000) });
    await site.submit(tenant, { expiresAt: new Date(Date.now() - 1) });
    await site.submit(tenant, { type: 'document' });
    expect(await site.claims().claim(ME, ['completion'])).toBeUndefined();
    expect(await statusOf(later)).toBe('scheduled');
  });

  it('keep what a step gave once, for whoever goes on', async () => {
    await site.submit(await site.newTenant());
    const first = await claimed();
    expect(await site.claims().keepStep(first, 'page 1', { text: 'one' }, 30n)).toBe(true);
    expect(await site.claims().keepStep(first, 'page 1', { text: 'one' }, 30n)).toBe(true);
    expect(await site.claims().again(first, 0, { error: ERROR, counts: true })).toBe(true);
    const second = await claimed();
    expect(second).toMatchObject({ attempt: 2, job: { failures: 1, cost: 30n, errorCode: 'provider_failed' } });
    expect(await site.claims().stepOf(second, 'page 1')).toEqual({ text: 'one' });
    expect(await site.claims().stepOf(second, 'page 2')).toBeUndefined();
  });

  it('refuse everything from who lost them', async () => {
    const id = await site.submit(await site.newTenant());
    const lost = await claimed();
    await site.age('lease_until', id);
    expect((await site.upkeep().sweep()).takenOver).toMatchObject([{ id, takeovers: 1 }]);
    const claims = site.claims();
    const refused = [
      await claims.keepStep(lost, 'x', 1, 5n),
      await claims.partial(lost, 'x', 1),
      await claims.progress(lost, 50, 'x'),
      await claims.finish(lost, { status: 'succeeded', result: 1 }),
      await claims.again(lost, 0),
      (await claims.renew([lost])).size > 0,
    ];
    expect(refused).toEqual(refused.map(() => false));
    const taken = await claimed(undefined, OTHER);
    expect(await claims.finish(lost, { status: 'succeeded', result: 'late' })).toBe(false);
    expect(await claims.finish(taken, { status: 'succeeded', result: 'right' })).toBe(true);
    expect(await site.reader.full(id)).toMatchObject({ status: 'succeeded', result: 'right', cost: 0n, progress: 100 });
  });

  it('stay with who renews the lease', async () => {
    const id = await site.submit(await site.newTenant());
    const mine = await claimed(300);
    for (let i = 0; i < 5; i++) {
      await sleep(120);
      expect((await site.claims(300).renew([mine])).size).toBe(1);
      expect((await site.upkeep().sweep()).takenOver).toEqual([]);
    }
    expect(await statusOf(id)).toBe('running');
  });

  it('are dead when they lose their process too often, with a reason', async () => {
    const id = await site.submit(await site.newTenant());
    for (let i = 0; i < 3; i++) {
      await claimed();
      await site.age('lease_until', id);
      await site.upkeep(2).sweep();
    }
    expect(await site.reader.full(id)).toMatchObject({
      status: 'dead',
      takeovers: 3,
      error: { code: 'internal', message: expect.stringContaining('lost 3 times') },
    });
  });

  it('end when their time is over, and go when they have been kept for long enough', async () => {
    const tenant = await site.newTenant();
    const [waiting, running] = [await site.submit(tenant, { priority: -1 }), await site.submit(tenant)];
    const claim = await claimed();
    expect(claim.id).toBe(running);
    await site.age('expires_at');
    expect((await site.upkeep().sweep()).expired.map(({ id }) => id).sort()).toEqual([waiting, running].sort());
    expect(await site.claims().finish(claim, { status: 'succeeded', result: 1 })).toBe(false);
    await site.age('removed_at');
    expect((await site.upkeep().sweep()).removed).toBe(2);
    expect(await site.reader.find(waiting)).toBeUndefined();
  });

  it('tell of their end exactly when they have ended, however that comes about', async () => {
    const told: string[] = [];
    let fails = true;
    site.endings.add(
      ({ submission }) => submission().input !== 'nobody cares',
      (_client, ended: readonly EndedJob[]) => {
        if (fails) throw new Error('the hook failed');
        for (const { job, submission } of ended) told.push(`${job.status} ${JSON.stringify(submission().input)}`);
        return Promise.resolve();
      },
    );
    const tenant = await site.newTenant();
    const id = await site.submit(tenant, { input: 'a' });
    const job = await claimed();
    await expect(site.claims().finish(job, { status: 'failed', error: ERROR })).rejects.toThrow('the hook failed');
    expect(await statusOf(id)).toBe('running');
    fails = false;
    await site.claims().finish(job, { status: 'failed', error: ERROR });
    await site.submissions.cancel(await site.submit(tenant, { input: 'b' }));
    await site.submit(tenant, { input: 'c' });
    await site.age('expires_at');
    await site.upkeep().sweep();
    await site.submit(tenant, { input: 'nobody cares' });
    await site.claims().finish(await claimed(), { status: 'succeeded', result: 1 });
    await site.submissions.cancel(await site.submit(tenant, { input: 'nobody cares' }));
    expect(told).toEqual(['failed "a"', 'cancelled "b"', 'expired "c"']);
  });

  it('end once, with what their last calls cost, though nobody heard of it the first time', async () => {
    const tenant = await site.newTenant();
    const id = await site.submit(tenant);
    const job = await claimed();
    const outcome = { status: 'succeeded', result: 'done' } as const;
    expect(await site.claims().finish(job, outcome, 7n)).toBe(true);
    expect(await site.claims().finish(job, outcome, 7n)).toBe(true);
    expect(await site.reader.full(id)).toMatchObject({ status: 'succeeded', result: 'done', cost: 7n });
    const other = await site.submit(tenant);
    const taken = await claimed();
    await site.submissions.cancel(other);
    expect(await site.claims().finish(taken, outcome, 7n)).toBe(false);
    expect(await site.reader.find(other)).toMatchObject({ status: 'cancelled', cost: 0n });
  });

  it('have a new ticket when theirs was lost, and no more than that', async () => {
    const tenant = await site.newTenant();
    for (let i = 0; i < 5; i++) await site.submit(tenant);
    await site.age('rung_at');
    expect((await site.upkeep().sweep()).rung).toBe(0);
    site.queue.tickets.splice(0, 3);
    expect((await site.upkeep().sweep()).rung).toBe(3);
    expect(site.queue.tickets).toHaveLength(5);
    site.queue.tickets = [];
    site.queue.away = true;
    await site.submit(tenant);
    site.queue.away = false;
    await site.age('rung_at');
    expect((await site.upkeep().sweep()).rung).toBe(6);
  });

  it('are one for one name, and made with nothing when what belongs to them fails', async () => {
    const tenant = await site.newTenant();
    const named = { key: Buffer.from('name'), body: Buffer.from('body') };
    const job = {
      tenantId: tenant,
      keyId: tenant,
      type: 'completion',
      priority: 0,
      runAt: new Date(),
      expiresAt: new Date(Date.now() + 60_000),
      submission: { input: 1, ttlSeconds: 60 },
      named,
    } as const;
    const submit = (body = named.body) =>
      site.submissions.submit({ ...job, id: uuidv7(), named: { ...named, body } }, () => Promise.resolve());
    const all = await Promise.all(Array.from({ length: 10 }, () => submit()));
    expect(all.filter(({ kind }) => kind === 'made')).toHaveLength(1);
    expect(new Set(all.map((one) => (one.kind === 'conflict' ? one.kind : one.job.id))).size).toBe(1);
    expect((await submit(Buffer.from('other'))).kind).toBe('conflict');
    const id = uuidv7();
    const { named: _named, ...unnamed } = job;
    const unpaid = site.submissions.submit({ ...unnamed, id }, () => Promise.reject(new Error('not paid for')));
    await expect(unpaid).rejects.toThrow('not paid for');
    expect(await site.reader.find(id)).toBeUndefined();
  });

  it('can be retried when they ended without a result, and only then', async () => {
    const id = await site.submit(await site.newTenant());
    const retry = () => site.submissions.retry(id, new Date(Date.now() + 60_000), () => Promise.resolve());
    expect(await retry()).toBeUndefined();
    await site.claims().finish(await claimed(), { status: 'dead', error: ERROR });
    expect(await retry()).toMatchObject({ status: 'queued', failures: 0 });
    expect(await claimed()).toMatchObject({ id, attempt: 2 });
  });

  it('are told of as they change, in any process, and from wherever one left off', async () => {
    const id = await site.submit(await site.newTenant());
    const signals = [1, 2].map(() => new JobSignals(site.database.url, site.jobs));
    await Promise.all(signals.map((one) => one.start()));
    // without looking: signals alone
    const feed = new JobFeed(site.reader, signals[0] as JobSignals, 60_000);
    const events: JobEvent[] = [];
    const following = (async () => {
      for await (const event of feed.follow(id, 0, new AbortController().signal)) events.push(event);
    })();
    try {
      await until(() => events.length || undefined);
      const job = await claimed();
      const claims = site.claims();
      await claims.progress(job, 40, 'map');
      await claims.partial(job, 'page 1', 'one');
      await claims.partial(job, 'page 2', 'two');
      await claims.partial(job, 'page 1', 'better');
      signals[1]?.tell(id);
      await until(() => events.some(({ type }) => type === 'partial') || undefined);
      await claims.progress(job, 30, 'merge');
      await claims.finish(job, { status: 'succeeded', result: 1 });
      signals[1]?.tell(id);
      await following;
      const seqs = events.map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      expect(events.flatMap((event) => (event.type === 'partial' ? [[event.key, event.value]] : []))).toEqual([
        ['page 2', 'two'],
        ['page 1', 'better'],
      ]);
      expect(events.at(-1)).toMatchObject({ type: 'status', job: { status: 'succeeded' } });
      expect(events.find((event) => event.type === 'progress')).toMatchObject({ progress: 40 });
      const middle = events.findIndex(({ type }) => type === 'partial');
      const rest = await site.reader.changes(id, events[middle]?.seq ?? 0);
      expect(rest).toEqual(await site.reader.changes(id, 0).then((all) => all?.slice(-(rest?.length ?? 0))));
      expect(feed.size).toBe(0);
    } finally {
      feed.stop();
      await Promise.all(signals.map((one) => one.stop()));
    }
  });

  it('are seen to go on without any signal', async () => {
    const id = await site.submit(await site.newTenant());
    const feed = new JobFeed(site.reader, { on: () => undefined }, 50);
    const seen: string[] = [];
    const following = (async () => {
      for await (const event of feed.follow(id, 0, new AbortController().signal))
        if (event.type === 'status') seen.push(event.job.status);
    })();
    await until(() => seen.length || undefined);
    await site.submissions.cancel(id);
    await following;
    expect(seen).toEqual(['queued', 'cancelled']);
  });

  it('are left as they were by a transaction that loses its connection, and the process goes on', async () => {
    const id = await site.submit(await site.newTenant());
    const lost = site.jobs.transaction(async (client) => {
      await client.query('delete from jobs');
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await site.client.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await sleep(100);
      await client.query('select 1');
    });
    await expect(lost).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await statusOf(id)).toBe('queued');
  });

  it('go with whom they are kept of, whoever works on them, and free what waits for their end', async () => {
    const [tenant, other] = [await site.newTenant(), await site.newTenant()];
    const [ann, bob] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const running = await site.submit(tenant, { persons: [ann, bob, ann] });
    const job = await claimed();
    const waiting = await site.submit(tenant, { persons: [ann] });
    const [left, neighbour] = [await site.submit(tenant, { persons: [bob] }), await site.submit(other)];
    const freed: string[] = [];
    site.endings.add(
      ({ job: { tenantId } }) => tenantId === tenant,
      (_client, jobs) => Promise.resolve(void freed.push(...jobs.map(({ job: { id } }) => id))),
    );
    const erasure = new JobErasure(site.jobs, site.seal, site.endings);
    expect(await erasure.next(tenant, ann, new Date(0))).toEqual([]);
    expect([await erasure.has(tenant, ann), await erasure.has(other, ann)]).toEqual([true, false]);
    const ids = await erasure.next(tenant, ann, undefined);
    expect(ids).toEqual([running, waiting]);
    expect((await erasure.remove(ids)).stopped.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(freed.sort()).toEqual([...ids].sort());
    expect(await site.claims().keepStep(job, 'step', 'x', 0n)).toBe(false);
    expect(await site.claims().keepLateStep(job, 'step', 'x', 0n)).toBe(false);
    expect(await site.claims().finish(job, { status: 'succeeded', result: 'x' })).toBe(false);
    expect(await erasure.next(tenant, undefined, undefined)).toEqual([left]);
    expect(await statusOf(neighbour)).toBe('queued');
  });

  it('leave nothing readable of what they are about, nor can it be moved', async () => {
    const canary = 'canary-1d0f';
    const tenant = await site.newTenant();
    const id = await site.submit(tenant, { input: canary });
    const job = await claimed();
    await site.claims().keepStep(job, `step ${canary}`, canary, 0n);
    await site.claims().partial(job, `part ${canary}`, canary);
    await site.claims().finish(job, { status: 'failed', error: { code: 'internal', message: canary } });
    expect(await databaseText(site.database.url)).not.toContain(canary);
    expect(await site.reader.full(id)).toMatchObject({ error: { message: canary }, partials: [{ value: canary }] });
    const other = await site.submit(tenant);
    await site.client.query('update jobs set error = (select error from jobs where id = $1) where id = $2', [
      id,
      other,
    ]);
    await expect(site.reader.full(other)).rejects.toThrow();
  });
});
