import { randomBytes } from 'node:crypto';
import { uuidv7 } from '../../src/contract/ids';
import { Deliveries, type DeliveryBounds } from '../../src/features/jobs/webhooks/deliveries.store';
import { WebhookSecrets } from '../../src/features/jobs/webhooks/webhook-secrets.store';
import { KeyedHash } from '../../src/platform/secrets/keyed-hash';
import { SealedBox } from '../../src/platform/secrets/sealed-box';
import { databaseText } from '../support/database-text';
import { JobSite } from '../support/job-site';

const CANARY = 'canary-91c2';
const BOUNDS: DeliveryBounds = { timeoutMs: 1_000, tenantConcurrency: 4, hostConcurrency: 2 };
const NOW = { at: new Date(), ms: 12 };

describe('webhooks in PostgreSQL', () => {
  const key = randomBytes(32);
  const [box, hash] = [new SealedBox(key), new KeyedHash(key)];
  let site: JobSite;
  let deliveries: Deliveries;

  /** A job that has ended, whose end is to be told there. @returns its id */
  const ended = async (tenantId: string, url = `https://hooks.example.com/${CANARY}`): Promise<string> => {
    const submission = { input: CANARY, ttlSeconds: 60, webhook: { url } };
    const id = await site.submit(tenantId, { submission });
    await site.submissions.cancel(id);
    return id;
  };
  /** All is due that is under way or waits. */
  const age = () =>
    site.client.query(
      `update webhook_deliveries set next_at = now() - interval '1 second',
       lease_until = lease_until - interval '1 hour' where status = 'pending'`,
    );

  beforeAll(async () => {
    site = await JobSite.build();
    deliveries = new Deliveries(site.jobs, box, hash, site.endings, BOUNDS);
  });
  beforeEach(() => site.clear());
  afterAll(() => site?.close());

  it('are there exactly when the job has ended, and say what happened without what was asked', async () => {
    const tenant = await site.newTenant();
    await site.submit(tenant);
    const id = await ended(tenant);
    const [delivery, ...more] = await deliveries.claim(10);
    expect(more).toEqual([]);
    expect(delivery).toMatchObject({ jobId: id, tenantId: tenant, event: 'job.cancelled', claim: 1, failures: 0 });
    const { url, body } = delivery!.open();
    expect(url).toBe(`https://hooks.example.com/${CANARY}`);
    expect(body).not.toContain(CANARY);
    expect(JSON.parse(body)).toMatchObject({
      type: 'job.cancelled',
      data: {
        job_id: id,
        status: 'cancelled',
        type: 'completion',
        cost_usd: expect.any(String),
        links: { self: `/v1/jobs/${id}` },
      },
    });
  });

  it('are undone with the end that they tell of', async () => {
    const tenant = await site.newTenant();
    let spoiled = true;
    site.endings.add(
      () => true,
      () => (spoiled ? Promise.reject(new Error('undone')) : Promise.resolve()),
    );
    await expect(ended(tenant)).rejects.toThrow('undone');
    spoiled = false;
    expect(await deliveries.claim(10)).toEqual([]);
  });

  it('keep no job from ending that nobody can read any more', async () => {
    const id = await site.submit(await site.newTenant());
    await site.client.query(`update jobs set submission = '\\x00' where id = $1`, [id]);
    expect(await site.submissions.cancel(id)).toMatchObject({ status: 'cancelled' });
    expect(await deliveries.claim(10)).toEqual([]);
  });

  it('are given to one of all who ask at once', async () => {
    for (let i = 0; i < 6; i++) await ended(await site.newTenant());
    const taken = (await Promise.all(Array.from({ length: 6 }, () => deliveries.claim(3)))).flat();
    expect(new Set(taken.map(({ id }) => id)).size).toBe(6);
    expect(taken).toHaveLength(6);
  });

  it('are taken in turns: a receiver delays its own, a tenant its own', async () => {
    const [many, few] = [await site.newTenant(), await site.newTenant()];
    for (let i = 0; i < 6; i++) await ended(many, 'https://slow.example.com/');
    const beside = await ended(many, 'https://fast.example.com/');
    const other = await ended(few, 'https://slow.example.com/');
    const first = await deliveries.claim(3);
    expect(first.map(({ jobId }) => jobId)).toEqual(expect.arrayContaining([beside, other]));
    // two at a time to one host, whoever asks
    const rest = await deliveries.claim(100);
    expect(first.length + rest.length).toBe(4);
    expect(await deliveries.claim(100)).toEqual([]);
  });

  it('are bounded for a tenant over all its hosts', async () => {
    const tenant = await site.newTenant();
    for (let i = 0; i < 7; i++) await ended(tenant, `https://h${i}.example.com/`);
    expect(await deliveries.claim(100)).toHaveLength(4);
    expect(await deliveries.claim(100)).toHaveLength(0);
  });

  it('are taken over from a process that died, which can write nothing of them any more', async () => {
    const id = await ended(await site.newTenant());
    const [lost] = await deliveries.claim(1);
    expect(await deliveries.claim(1)).toEqual([]);
    await age();
    const [found] = await deliveries.claim(1);
    expect(found).toMatchObject({ id: lost!.id, claim: 2 });
    expect(found!.open()).toEqual(lost!.open());
    expect(await deliveries.tried(lost!, NOW, { status: 'delivered' })).toBe(false);
    expect(await deliveries.tried(found!, { ...NOW, status: 204 }, { status: 'delivered' })).toBe(true);
    expect(await deliveries.tried(found!, NOW, { status: 'failed' })).toBe(false);
    expect(await deliveries.ofJob(id)).toMatchObject([{ status: 'delivered', triesMade: 1, tries: [{ status: 204 }] }]);
  });

  it('wait after a failure, and show what was tried', async () => {
    const id = await ended(await site.newTenant());
    const [first] = await deliveries.claim(1);
    await deliveries.tried(first!, { ...NOW, status: 500, failure: 'status' }, { againMs: 60_000 });
    expect(await deliveries.claim(1)).toEqual([]);
    const [shown] = await deliveries.ofJob(id);
    expect(shown).toMatchObject({ status: 'pending', underWay: false, origin: 'https://hooks.example.com' });
    expect(shown!.nextAt!.getTime() - Date.now()).toBeGreaterThan(50_000);
    await age();
    const [second] = await deliveries.claim(1);
    expect(second).toMatchObject({ failures: 1, claim: 2 });
    await deliveries.tried(second!, { ...NOW, failure: 'timeout' }, { status: 'failed' });
    expect(await deliveries.ofJob(id)).toMatchObject([
      { status: 'failed', tries: [{ status: 500, failure: 'status' }, { failure: 'timeout' }] },
    ]);
    expect(await deliveries.claim(1)).toEqual([]);
  });

  it('are sent once more when somebody asks, from the beginning, but not while they are under way', async () => {
    const id = await ended(await site.newTenant());
    const [first] = await deliveries.claim(1);
    expect(await deliveries.again(id, first!.id)).toBe('under-way');
    await deliveries.tried(first!, { ...NOW, failure: 'gone' }, { status: 'failed' });
    expect(await deliveries.again(id, uuidv7())).toBe('unknown');
    expect(await deliveries.again(uuidv7(), first!.id)).toBe('unknown');
    expect(await deliveries.again(id, first!.id)).toBe('due');
    expect(await deliveries.claim(1)).toMatchObject([{ id: first!.id, failures: 0 }]);
    await deliveries.release({ ...first!, claim: 2 });
    expect(await deliveries.claim(1)).toMatchObject([{ id: first!.id, claim: 3 }]);
  });

  it('are signed with the newest secret, and with the one before it for a while', async () => {
    const secrets = new WebhookSecrets(site.jobs, box);
    const tenant = await site.newTenant();
    expect(await secrets.find(tenant)).toBeUndefined();
    const first = await secrets.renew(tenant, 60);
    expect(await secrets.of(tenant)).toEqual([first.secret]);
    const second = await secrets.renew(tenant, 60);
    expect(await secrets.of(tenant)).toEqual([second.secret, first.secret]);
    expect(await secrets.of(tenant, Date.now() + 61_000)).toEqual([second.secret]);
    const third = await secrets.renew(tenant, 0);
    expect(await secrets.of(tenant)).toEqual([third.secret]);
    expect(await secrets.of(await site.newTenant())).toEqual([]);
    for (const { secret } of [first, second, third])
      expect(await databaseText(site.database.url)).not.toContain(secret.slice(6));
  });

  it('leave neither where they lead nor a secret in the open, and go with their job', async () => {
    const id = await ended(await site.newTenant());
    expect(await databaseText(site.database.url)).not.toMatch(/canary-91c2|hooks\.example\.com/);
    await site.client.query('delete from jobs where id = $1', [id]);
    expect(await deliveries.claim(10)).toEqual([]);
  });
});
