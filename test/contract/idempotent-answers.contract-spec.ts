import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { uuidv7 } from '../../src/contract/ids';
import { Answers } from '../../src/features/idempotency/answers.store';
import type { Claim } from '../../src/features/idempotency/claim';
import { testDatabase, type TestDatabase } from '../support/database';

const SEALED = Buffer.from('sealed');
const LEASE_MS = 60_000;

describe('idempotent answers', () => {
  let database: TestDatabase;
  let client: Client;
  const stores: Answers[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    client = new Client(database.url);
    await client.connect();
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await client.query('delete from idempotent_answers');
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  const TENANT = uuidv7();
  /** Two stores are two replicas. */
  const replica = (leaseMs = LEASE_MS, keepSeconds = 3_600): Answers => {
    const store = new Answers({ url: database.url, leaseMs, keepSeconds });
    stores.push(store);
    return store;
  };
  const claim = (over: Partial<Claim> = {}): Claim => ({
    tenantId: TENANT,
    key: Buffer.alloc(32, 1),
    body: Buffer.alloc(32, 2),
    holder: uuidv7(),
    requestId: 'call-1',
    receivedAt: 1_700_000_000_123,
    ...over,
  });
  const rows = async () =>
    (await client.query<{ state: string; holder: string }>('select * from idempotent_answers')).rows;
  /** As if that much time had passed. */
  const pass = (seconds: number) =>
    client.query(
      `update idempotent_answers set expires_at = expires_at - make_interval(secs => $1),
         lease_until = lease_until - make_interval(secs => $1)`,
      [seconds],
    );

  it('lets exactly one of many claim, whichever replica they ask', async () => {
    const [one, other] = [replica(), replica()];
    const claims = Array.from({ length: 40 }, (_, i) => (i % 2 ? one : other).claim(claim()));
    const kinds = (await Promise.all(claims)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'held')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'busy')).toHaveLength(39);
    expect(await rows()).toHaveLength(1);
  });

  it('gives back what was kept, with whose it was, to the millisecond', async () => {
    const first = claim();
    await replica().claim(first);
    expect(await replica().keep(first, SEALED)).toBe(true);
    const again = await replica().claim(claim({ requestId: 'call-2', receivedAt: 5 }));
    expect(again).toEqual({ kind: 'answered', requestId: 'call-1', receivedAt: 1_700_000_000_123, sealed: SEALED });
  });

  it('refuses another body, while the call is answered and after', async () => {
    const store = replica();
    const [first, other] = [claim(), claim({ body: Buffer.alloc(32, 3) })];
    await store.claim(first);
    expect(await store.claim(other)).toEqual({ kind: 'conflict' });
    await store.keep(first, SEALED);
    expect(await store.claim(other)).toEqual({ kind: 'conflict' });
  });

  it('keeps tenants and keys apart', async () => {
    const store = replica();
    await store.claim(claim());
    expect(await store.claim(claim({ tenantId: uuidv7() }))).toEqual({ kind: 'held' });
    expect(await store.claim(claim({ key: Buffer.alloc(32, 9) }))).toEqual({ kind: 'held' });
  });

  it('is free at once when it was released, for any body', async () => {
    const store = replica();
    const first = claim();
    await store.claim(first);
    await store.release(first);
    expect(await rows()).toEqual([]);
    expect(await store.claim(claim({ body: Buffer.alloc(32, 3) }))).toEqual({ kind: 'held' });
  });

  it('is taken over when its lease ran out, and whoever held it can change nothing any more', async () => {
    const store = replica();
    const [dead, heir] = [claim(), claim({ requestId: 'call-2' })];
    await store.claim(dead);
    expect(await store.claim(heir)).toEqual({ kind: 'busy' });
    await pass(61);
    expect(await store.claim(heir)).toEqual({ kind: 'held' });
    expect(await store.keep(dead, Buffer.from('late'))).toBe(false);
    await store.release(dead);
    await pass(50);
    await store.renew([dead]);
    await pass(50);
    const [row] = await rows();
    expect(row).toMatchObject({ state: 'claimed', holder: heir.holder });
    expect(await store.claim(claim())).toEqual({ kind: 'held' });
  });

  it('is not taken over while its lease is renewed', async () => {
    const store = replica();
    const [first, second] = [claim(), claim({ key: Buffer.alloc(32, 9) })];
    await store.claim(first);
    await store.claim(second);
    for (let i = 0; i < 3; i++) {
      await pass(50);
      await store.renew([first, second]);
    }
    expect(await store.claim(claim())).toEqual({ kind: 'busy' });
    expect(await store.keep(first, SEALED)).toBe(true);
  });

  it('never serves what has expired, though it is still there', async () => {
    const store = replica();
    const first = claim();
    await store.claim(first);
    await store.keep(first, SEALED);
    await pass(3_601);
    expect(await store.claim(claim({ body: Buffer.alloc(32, 3) }))).toEqual({ kind: 'held' });
    expect((await rows()).map(({ state }) => state)).toEqual(['claimed']);
  });

  it('sweeps what has expired, in batches, and nothing else', async () => {
    const store = replica();
    const keys = Array.from({ length: 5 }, (_, i) => claim({ key: Buffer.alloc(32, 10 + i) }));
    for (const one of keys) await store.claim(one);
    for (const one of keys.slice(0, 3)) await store.keep(one, SEALED);
    await pass(3_601);
    await store.renew(keys.slice(4));
    const fresh = claim();
    await store.claim(fresh);
    await store.keep(fresh, SEALED);
    expect([await store.sweep(3), await store.sweep(3), await store.sweep(3)]).toEqual([3, 1, 0]);
    expect((await rows()).map(({ holder }) => holder).sort()).toEqual([keys[4]?.holder, fresh.holder].sort());
  });

  it('keeps nothing of whom is erased, nor what is still being answered', async () => {
    const store = replica();
    const [ann, bob] = [Buffer.alloc(32, 8), Buffer.alloc(32, 9)];
    const place = (n: number, person?: Buffer) => claim({ key: Buffer.alloc(32, 20 + n), ...(person && { person }) });
    const [given, coming, others, nobodys] = [place(0, ann), place(1, ann), place(2, bob), place(3)];
    for (const one of [given, coming, others, nobodys]) await store.claim(one);
    for (const one of [given, others, nobodys]) await store.keep(one, SEALED);
    const before = new Date(given.receivedAt - 1);
    expect(await store.purge(TENANT, ann, before, 10)).toBe(0);
    expect([await store.purge(TENANT, ann, undefined, 1), await store.purge(TENANT, ann, undefined, 10)]).toEqual([
      1, 1,
    ]);
    expect(await store.keep(coming, SEALED)).toBe(false);
    expect(await rows()).toHaveLength(2);
    // another person's call takes the place of one that has expired
    await pass(3_601);
    await store.claim({ ...others, holder: uuidv7(), person: ann });
    expect(await store.purge(TENANT, bob, undefined, 10)).toBe(0);
    expect(await store.purge(uuidv7(), undefined, undefined, 10)).toBe(0);
    expect(await store.purge(TENANT, undefined, undefined, 10)).toBe(2);
  });

  it('has a real clock for its leases', async () => {
    const store = replica(1_000);
    await store.claim(claim());
    expect(await store.claim(claim())).toEqual({ kind: 'busy' });
    await sleep(1_100);
    expect(await store.claim(claim())).toEqual({ kind: 'held' });
  });
});
