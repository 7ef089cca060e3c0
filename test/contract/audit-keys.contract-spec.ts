import { Client } from 'pg';
import { AuditKeys } from '../../src/features/audit/keys/audit-keys';
import type { DataKey } from '../../src/features/audit/keys/data-keys';
import { UnknownKeyError } from '../../src/features/audit/keys/keys-unavailable';
import { Cable } from '../support/cable';
import { testDatabase } from '../support/database';
import { KeySite } from '../support/keys/key-site';

const MINUTE = 60_000;
const NOVEMBER = Date.UTC(2026, 10, 28);
const DECEMBER = Date.UTC(2026, 11, 1);
const AWAY = 'cannot be reached now';
const tenant = '01890000-0000-7000-8000-000000000001';
const neighbour = '01890000-0000-7000-8000-000000000002';

let site: KeySite;
beforeAll(async () => {
  site = await KeySite.build();
});
afterEach(() => site.reset());
afterAll(() => site?.close());

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
/** How many statements a process sends meanwhile. */
async function statements(keys: AuditKeys, work: () => Promise<unknown>): Promise<number> {
  const spy = jest.spyOn((keys.database as unknown as { pool: Client }).pool, 'query');
  await work();
  const { length } = spy.mock.calls;
  spy.mockRestore();
  return length;
}

describe('the keys of the log', () => {
  it('are one for each tenant, subject and month, found again by id in every process', async () => {
    const keys = await site.replica();
    const [ann, bob] = await Promise.all(['ann', 'bob'].map(async (id) => keys.subjects.reference(tenant, id)));
    const scopes: [string | undefined, string | undefined, number][] = [
      [tenant, ann, NOVEMBER],
      [tenant, ann, DECEMBER],
      [tenant, bob, NOVEMBER],
      [tenant, undefined, NOVEMBER],
      [neighbour, undefined, NOVEMBER],
      [undefined, undefined, NOVEMBER],
    ];
    const made = await Promise.all(scopes.map(async (scope) => keys.dataKeys.current(...scope)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(scopes.length);
    expect(new Set(made.map(({ key }) => key.toString('hex'))).size).toBe(scopes.length);
    for (const { id, key } of made) {
      expect(id).toMatch(/^dk_[\w-]{22}$/);
      expect(key).toHaveLength(32);
    }
    const other = await site.replica();
    for (const [i, scope] of scopes.entries()) {
      expect(keys.dataKeys.current(...scope)).toBe(made[i]); // not a promise
      expect(await other.dataKeys.current(...scope)).toEqual(made[i]);
      expect(await other.dataKeys.find((made[i] as DataKey).id)).toEqual(made[i]);
    }
    // tenant, neighbour and the installation; November and December; and the key that seals ids
    expect(await site.count('tenant_keys')).toBe(5);
    await expect(keys.dataKeys.find('dk_0000000000000000000000')).rejects.toThrow(UnknownKeyError);
    expect(await keys.dataKeys.fate('dk_0000000000000000000000')).toBeUndefined();
    expect(await keys.dataKeys.fate((made[0] as DataKey).id)).toMatchObject({ destroyedAt: null });
  });

  it('are not in the database, and open in no other row', async () => {
    const keys = await site.replica();
    const ann = await keys.subjects.reference(tenant, 'ann@example.com');
    const bob = await keys.subjects.reference(tenant, 'bob@example.com');
    const [one, two] = [
      await keys.dataKeys.current(tenant, ann, NOVEMBER),
      await keys.dataKeys.current(tenant, bob, NOVEMBER),
    ];
    const dump = await site.dump('data_keys', 'subjects');
    expect(dump).not.toContain(one.key.toString('hex'));
    expect(dump).not.toContain('example.com');
    expect(dump).not.toContain(Buffer.from('ann@example.com').toString('hex'));
    await site.client.query(
      `update audit_keys.data_keys k set wrapped = o.wrapped from audit_keys.data_keys o where k.id = $1 and o.id = $2`,
      [one.id, two.id],
    );
    await expect((await site.replica()).dataKeys.find(one.id)).rejects.toThrow('was changed');
    expect(await keys.dataKeys.find(two.id)).toEqual(two);
  });

  it('do not stay in memory as bytes when they only wrap others', async () => {
    const seen: Buffer[] = [];
    const { wrap, unwrap } = site.kek;
    site.kek.wrap = (key, context) => (seen.push(key), wrap.call(site.kek, key, context));
    site.kek.unwrap = async (wrapped, context) => {
      const key = await unwrap.call(site.kek, wrapped, context);
      seen.push(key);
      return key;
    };
    const { id } = await (await site.replica()).dataKeys.current(tenant, undefined, NOVEMBER);
    await (await site.replica()).dataKeys.find(id);
    // wrapped, given back as a proof, and unwrapped
    expect(seen).toEqual([Buffer.alloc(32), Buffer.alloc(32), Buffer.alloc(32)]);
  });

  it('are made once when replicas race', async () => {
    const replicas = await Promise.all(range(4).map(() => site.replica()));
    const people = range(50).map((i) => `user-${i}`);
    const names = await Promise.all(
      replicas.map(({ subjects }) => Promise.all(people.map(async (id) => subjects.reference(tenant, id)))),
    );
    for (const list of names) expect(list).toEqual(names[0]);
    const found = await Promise.all(
      replicas.map(({ dataKeys }) =>
        Promise.all((names[0] ?? []).map(async (name) => dataKeys.current(tenant, name, NOVEMBER))),
      ),
    );
    for (const list of found) expect(list).toEqual(found[0]);
    expect(await site.count('subjects')).toBe(50);
    expect(await site.count('data_keys', `subject <> ''`)).toBe(50);
    expect(await site.count('tenant_keys')).toBe(2);
  });

  it('are made for many new people at once with a few statements and one key that is wrapped', async () => {
    const keys = await site.replica();
    await keys.subjects.reference(tenant, 'first');
    const { calls } = site.kek;
    let names: string[] = [];
    const meet = async () => {
      names = await Promise.all(range(200).map(async (i) => keys.subjects.reference(tenant, `user-${i}`)));
    };
    expect(await statements(keys, meet)).toBeLessThanOrEqual(4);
    const use = () => Promise.all(names.map(async (name) => keys.dataKeys.current(tenant, name, NOVEMBER)));
    expect(await statements(keys, use)).toBeLessThanOrEqual(6);
    // and given back as a proof
    expect(site.kek.calls).toBe(calls + 2);
    expect(await statements(keys, use)).toBe(0);
  });
});

describe('in a database of their own', () => {
  it('leave nothing in the other', async () => {
    const own = await testDatabase();
    const keys = new AuditKeys({ url: own.url, masterKey: site.masterKey, kek: { use: site.kek }, backupDays: 30 });
    await keys.open();
    await site.replica();
    await keys.dataKeys.current(tenant, await keys.subjects.reference(tenant, 'ann'), NOVEMBER);
    expect(await site.count('data_keys')).toBe(0);
    await keys.close();
    await own.drop();
  });
});

describe('copies in memory', () => {
  let now = NOVEMBER;
  const clock = () => now;
  const later = (minutes: number) => (now += minutes * MINUTE);

  it('are renewed before they are old, while nobody waits', async () => {
    const keys = await site.replica({ clock });
    const key = await keys.dataKeys.current(tenant, undefined, NOVEMBER);
    later(7.9);
    expect(await statements(keys, async () => keys.dataKeys.current(tenant, undefined, NOVEMBER))).toBe(0);
    later(0.2);
    expect(keys.dataKeys.current(tenant, undefined, NOVEMBER)).toBe(key);
    await new Promise((next) => setTimeout(next, 200));
    later(9);
    expect(keys.dataKeys.current(tenant, undefined, NOVEMBER)).not.toBeInstanceOf(Promise);
  });

  it('are read again after ten minutes without use', async () => {
    const keys = await site.replica({ clock });
    const key = await keys.dataKeys.current(tenant, undefined, NOVEMBER);
    later(10);
    const again = keys.dataKeys.current(tenant, undefined, NOVEMBER);
    expect(again).toBeInstanceOf(Promise);
    expect(await again).toEqual(key);
  });

  it.each(['failing', 'silent'] as const)(
    'go on for a quarter of an hour while the key service is %s',
    async (how) => {
      const keys = await site.replica({ clock });
      const ann = await keys.subjects.reference(tenant, 'ann');
      const key = await keys.dataKeys.current(tenant, ann, NOVEMBER);
      const other = await keys.dataKeys.current(neighbour, undefined, NOVEMBER);
      site.kek.away = how;
      later(9);
      expect(await keys.dataKeys.current(tenant, ann, NOVEMBER)).toEqual(key);
      // somebody new, under the tenant's keys in memory
      const bob = await keys.subjects.reference(tenant, 'bob');
      const his = await keys.dataKeys.current(tenant, bob, NOVEMBER);
      later(5);
      expect(await keys.dataKeys.find(his.id)).toEqual(his);
      // a month, and a tenant, that nobody has used yet
      await expect(keys.dataKeys.current(tenant, undefined, DECEMBER)).rejects.toThrow(AWAY);
      later(1);
      await Promise.all([
        expect(Promise.resolve(keys.dataKeys.current(neighbour, undefined, NOVEMBER))).rejects.toThrow(AWAY),
        expect(keys.dataKeys.find(other.id)).rejects.toThrow(AWAY),
      ]);
      site.kek.away = 'no';
      expect(await keys.dataKeys.current(neighbour, undefined, NOVEMBER)).toEqual(other);
    },
    40_000,
  );
});

describe('the key database', () => {
  it('may be away: copies go on, everything else is refused in time, and all is well afterwards', async () => {
    const cable = await Cable.to(new URL(site.database.url));
    const keys = await site.replica({ url: cable.through(new URL(site.database.url)) });
    const ann = await keys.subjects.reference(tenant, 'ann');
    const key = await keys.dataKeys.current(tenant, ann, NOVEMBER);
    cable.cut();
    expect(keys.subjects.reference(tenant, 'ann')).toBe(ann);
    expect(keys.dataKeys.current(tenant, ann, NOVEMBER)).toBe(key);
    const refused = expect.objectContaining({ code: 'audit_unavailable' }) as Error;
    await expect(Promise.resolve(keys.subjects.reference(tenant, 'bob'))).rejects.toEqual(refused);
    await expect(Promise.resolve(keys.dataKeys.current(neighbour, undefined, NOVEMBER))).rejects.toEqual(refused);
    // whether it was destroyed cannot be known
    await expect(keys.dataKeys.find(key.id)).rejects.toEqual(refused);
    cable.mend();
    expect(await keys.dataKeys.find(key.id)).toEqual(key);
    await keys.subjects.reference(tenant, 'bob');
    cable.close();
  });

  it('may say nothing: nobody waits for longer than a few seconds', async () => {
    const keys = await site.replica();
    await site.client.query('begin');
    await site.client.query('lock table audit_keys.subjects, audit_keys.data_keys in access exclusive mode');
    const started = Date.now();
    const asked = [
      keys.subjects.reference(tenant, 'ann'),
      keys.dataKeys.current(tenant, undefined, NOVEMBER),
      keys.dataKeys.find('dk_0000000000000000000000'),
    ];
    const results = await Promise.allSettled(asked.map(async (one) => one));
    await site.client.query('rollback');
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(Date.now() - started).toBeLessThan(8_000);
    expect(await keys.subjects.reference(tenant, 'ann')).toMatch(/^s_[\w-]{22}$/);
  }, 60_000);

  it('is made by several processes that start together, and not touched by an older release', async () => {
    const own = await testDatabase();
    const make = () =>
      new AuditKeys({ url: own.url, masterKey: site.masterKey, kek: { use: site.kek }, backupDays: 30 });
    const all = [make(), make(), make(), make()];
    await Promise.all(all.map((keys) => keys.open()));
    const client = new Client(own.url);
    await client.connect();
    await client.query('update audit_keys.version set number = number + 1');
    const late = make();
    await expect(late.open()).rejects.toThrow('made by a newer release');
    await client.end();
    await Promise.all([...all, late].map((keys) => keys.close()));
    await own.drop();
  });

  it('says what is missing when the role may not make the schema', async () => {
    const own = await testDatabase();
    const admin = new URL(process.env['GATEHOUSE_TEST_SERVER'] ?? '');
    admin.pathname = new URL(own.url).pathname;
    const client = new Client(admin.href);
    await client.connect();
    await client.query(`alter database "${admin.pathname.slice(1)}" owner to current_user`);
    await client.query(`revoke create on database "${admin.pathname.slice(1)}" from public, gatehouse`);
    const keys = new AuditKeys({ url: own.url, masterKey: site.masterKey, kek: { use: site.kek }, backupDays: 30 });
    await expect(keys.open()).rejects.toThrow('create schema audit_keys authorization "gatehouse"');
    await client.query('create schema audit_keys authorization gatehouse');
    await keys.open();
    await keys.close();
    await client.end();
    await own.drop();
  });
});
