import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Header } from '../../src/features/audit/format/header';
import type { AuditKeys } from '../../src/features/audit/keys/audit-keys';
import { KeptContents, type KeptScope } from '../../src/features/audit/keys/kept-contents';
import { shredsOf } from '../../src/features/audit/keys/shred-entries';
import type { ShredScope } from '../../src/features/audit/keys/shred-scope';
import { until } from '../support/ask';
import {
  BASIS,
  Guards,
  history,
  MONTHS,
  neighbour,
  NOW,
  OFFICERS,
  read,
  readable,
  tenant,
  write,
} from '../support/keys/erasing';
import { KeySite } from '../support/keys/key-site';
import { NotedLog } from '../support/keys/noted-log';

let site: KeySite;
let log: NotedLog;
let guards: Guards;
let keys: AuditKeys;
beforeAll(async () => {
  site = await KeySite.build();
});
beforeEach(async () => {
  log = new NotedLog();
  guards = new Guards();
  keys = await site.replica();
});
afterEach(() => site.reset());
afterAll(() => site?.close());

const anyOrder = expect.any(String) as string;
const shredder = (of = keys, more: Partial<Parameters<AuditKeys['shredder']>[2]> = {}) =>
  of.shredder(log, guards, { backupDays: 30, approvers: 2, ...more });

describe('an erasure that is half done', () => {
  let side: Client;
  beforeEach(async () => {
    side = new Client(site.database.url);
    await side.connect();
  });
  afterEach(() => side.end());

  /** How many wait for a lock: until there are as many, or it is clear that there will not be. */
  const waiting = (n: number) =>
    until(async () => {
      const { rows } = await site.client.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return (rows[0]?.n ?? 0) >= n || undefined;
    }, 700).catch(() => undefined);

  /** Begins something when everything is destroyed and nothing is committed. */
  async function meanwhile<T>(scope: ShredScope, work: () => T | Promise<T>): Promise<T> {
    guards.wait = async () => void (await side.query('begin; lock table audit_keys.shred_ledger in exclusive mode'));
    const shredding = shredder().shred(scope, BASIS, OFFICERS);
    await waiting(1);
    const result = Promise.resolve(work());
    result.catch(() => undefined);
    await waiting(2);
    await side.query('commit');
    await shredding;
    return result;
  }

  it('of a person: no key can be made for the old name', async () => {
    const other = await site.replica();
    const ann = await other.subjects.reference(tenant, 'ann');
    const past = await write(other, tenant, ann, 'past', MONTHS[0]);
    const late = await meanwhile({ tenant, subject: ann }, () => write(other, tenant, ann, 'late', MONTHS[1]));
    expect(await site.count('data_keys', `subject = '${ann}' and wrapped is not null`)).toBe(0);
    expect(await readable(other, [past, late])).toEqual(new Set());
  });

  it('of a person: what is read meanwhile is not kept', async () => {
    const other = await site.replica();
    const ann = await keys.subjects.reference(tenant, 'ann');
    const past = await write(keys, tenant, ann, 'past');
    const { id } = await meanwhile({ tenant, subject: ann }, async () => {
      expect(await other.subjects.reference(tenant, 'ann')).toBe(ann);
      return other.dataKeys.current(tenant, ann, NOW);
    });
    expect(id).toBe(past.keyId);
    await until(async () => (await other.subjects.reference(tenant, 'ann')) !== ann || undefined);
    expect((await other.dataKeys.current(tenant, ann, NOW)).id).not.toBe(id);
    expect(await read(other, past)).toBeUndefined();
  });

  it('of a tenant: a key made meanwhile is of the new beginning', async () => {
    const other = await site.replica();
    const past = await write(other, tenant, await other.subjects.reference(tenant, 'ann'), 'past');
    const anew = await meanwhile({ tenant }, () => write(other, tenant, undefined, 'anew'));
    expect(await readable(keys, [past, anew])).toEqual(new Set(['anew']));
  });

  it('of a tenant: a name made meanwhile is of the new beginning', async () => {
    const other = await site.replica();
    await other.subjects.reference(tenant, 'ann');
    const bob = await meanwhile({ tenant }, () => other.subjects.reference(tenant, 'bob'));
    expect(await keys.subjects.identify(tenant, bob)).toBe('bob');
    expect(await keys.subjects.reference(tenant, 'bob')).toBe(bob);
  });

  it('of a tenant: a rotation that has begun brings nothing over', async () => {
    const other = await site.replica();
    const past = await write(other, tenant, await other.subjects.reference(tenant, 'ann'), 'past');
    await meanwhile({ tenant }, () => other.rotation(new NotedLog()).rotate('tenant', { tenant }));
    expect(await readable(other, [past])).toEqual(new Set());
    expect(await site.count('data_keys', `id = '${past.keyId}' and wrapped is not null`)).toBe(0);
  });

  it('of a tenant: what a rotation brought over before it could begin is found', async () => {
    const other = await site.replica();
    const past = await write(other, tenant, await other.subjects.reference(tenant, 'ann'), 'past');
    // somebody is adding keys, which an erasure waits for and a rotation does not
    await side.query('begin');
    await side.query('select from audit_keys.tenant_keys for share');
    const shredding = shredder().shred({ tenant }, BASIS, OFFICERS);
    await waiting(1);
    const rotating = other.rotation(new NotedLog()).rotate('tenant', { tenant });
    await waiting(2);
    await side.query('commit');
    await shredding;
    await rotating;
    expect(await readable(other, [past])).toEqual(new Set());
    expect(await site.count('data_keys', `id = '${past.keyId}' and wrapped is not null`)).toBe(0);
  });
});

const told = () => shredsOf(log.entries.map((header, index) => ({ index, header: header as unknown as Header })));

describe('an erasure whose process died before it noted that it is in the log', () => {
  let ann: string;
  let rows: Awaited<ReturnType<typeof history>>;
  beforeEach(async () => {
    rows = await history(keys);
    ann = await keys.subjects.reference(tenant, 'ann');
    guards.wait = () => Promise.reject(new Error('died'));
    await shredder()
      .shred({ tenant, subject: ann }, BASIS, OFFICERS)
      .catch(() => undefined);
    guards.wait = () => Promise.resolve();
    await site.client.query('update audit_keys.shred_ledger set entry_id = null, entry_index = null');
    // one that came later is no sign that it was done
    await shredder().shred({ tenant: neighbour }, BASIS, OFFICERS);
  });
  const goOn = async () => {
    await site.client.query(`update audit_keys.shred_ledger set leased_until = clock_timestamp()`);
    return shredder().resume();
  };
  const mine = `${tenant} ann`;

  it('goes on as any that was interrupted, and waits for a checkpoint', async () => {
    expect(await goOn()).toEqual([]);
    expect(await keys.catchUp(told())).toEqual({ repeated: [], found: [anyOrder] });
    expect((await readable(keys, rows)).has(mine)).toBe(true);
    guards.waitedFor.length = 0;
    expect(await goOn()).toHaveLength(1);
    expect(guards.waitedFor).toEqual([0]);
    expect((await readable(keys, rows)).has(mine)).toBe(false);
    expect(await keys.catchUp(told())).toEqual({ repeated: [], found: [] });
  });

  it('is called off by a hold that was placed since', async () => {
    await keys.catchUp(told());
    guards.held = ['a hold'];
    await expect(goOn()).rejects.toThrow('1 erasures are not finished');
    expect(await keys.catchUp(told())).toEqual({ repeated: [], found: [] });
    expect((await readable(keys, rows)).has(mine)).toBe(true);
  });
});

describe('restoring a backup of the key database', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const TABLES = ['tenant_keys', 'data_keys', 'subjects', 'shred_ledger'] as const;
  const backUp = () =>
    site.client.query(TABLES.map((t) => `create table backup_${t} as table audit_keys.${t}`).join(';'));
  async function restore() {
    await site.client.query(`truncate ${TABLES.map((t) => `audit_keys.${t}`).join(', ')}`);
    for (const t of TABLES)
      await site.client.query(`insert into audit_keys.${t} select * from backup_${t}; drop table backup_${t}`);
  }

  it.each(['the copy of the ledger', 'the log'])('brings nothing back once %s is replayed', async (source) => {
    const ledgerFile = join(folder, 'shreds.ndjson');
    const first = await site.replica({ ledgerFile });
    const rows = await history(first);
    const [ann, other] = [
      await first.subjects.reference(tenant, 'ann'),
      await first.subjects.reference(neighbour, 'ann'),
    ];
    await backUp();
    // keys move between the backup and the erasure
    await first.rotation(new NotedLog()).rotate('tenant', { tenant: neighbour });
    await shredder(first).shred({ tenant, subject: ann }, BASIS, OFFICERS);
    await shredder(first).shred({ tenant: neighbour }, BASIS, OFFICERS);
    const anew = await write(first, neighbour, await first.subjects.reference(neighbour, 'ann'), 'anew');
    const left = new Set([`${tenant} bob`, `${tenant} nobody`, 'the installation']);
    expect(await readable(first, rows)).toEqual(left);

    await restore();
    const restored = await site.replica();
    expect((await readable(restored, rows)).size).toBe(5); // the danger is real
    if (source === 'the log') {
      expect(await restored.catchUp(told())).toEqual({ repeated: [anyOrder, anyOrder], found: [] });
      expect(await restored.catchUp(told())).toEqual({ repeated: [], found: [] });
    } else await site.replica({ ledgerFile });
    expect(await readable(restored, rows)).toEqual(left);
    for (const [of, who] of [
      [tenant, ann],
      [neighbour, other],
    ] as const) {
      expect(await restored.subjects.find(of, 'ann')).toBeUndefined();
      expect(await restored.subjects.identify(of, who)).toBeUndefined();
    }
    // made after the backup: lost with the restore, which is not the same as erased
    await expect(restored.dataKeys.find(anew.keyId)).rejects.toThrow('has never had');
  });

  it('does not take what was made after an erasure', async () => {
    const ledgerFile = join(folder, 'shreds.ndjson');
    const first = await site.replica({ ledgerFile });
    await history(first);
    await shredder(first).shred({ tenant }, BASIS, OFFICERS);
    const anew = await write(first, tenant, await first.subjects.reference(tenant, 'ann'), 'anew');
    await site.client.query('truncate audit_keys.shred_ledger');
    const later = await site.replica({ ledgerFile });
    expect(await read(later, anew)).toBe('anew');
    expect(await later.subjects.find(tenant, 'ann')).toBeDefined();
  });
});

describe('what is kept beside the log', () => {
  let purges: KeptScope[];
  let isAway: boolean;
  let contents: KeptContents;
  beforeEach(() => {
    [purges, isAway] = [[], false];
    contents = new KeptContents();
    contents.add({
      name: 'away',
      purge: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(1)),
    });
    contents.add({ name: 'there', purge: (scope) => Promise.resolve(purges.push(scope)) });
  });
  const pass = () =>
    site.client.query(`
      update audit_keys.shred_ledger set destroyed_at = destroyed_at - interval '61 minutes',
        leased_until = clock_timestamp() - interval '1 second'`);
  const named = () => site.count('shred_ledger', 'person is not null');

  it('goes at once, and once more when everything that was on its way has come; then nobody is named any more', async () => {
    const ann = await keys.subjects.reference(tenant, 'ann');
    const report = await shredder(keys, { contents }).shred({ tenant, subject: ann }, BASIS, OFFICERS, 'ann');
    expect(report.purged).toEqual({ away: 1, there: 1 });
    expect(purges).toEqual([{ tenantId: tenant, user: 'ann' }]);
    expect(await site.dump('shred_ledger')).not.toContain(Buffer.from('ann').toString('hex'));
    await shredder(keys, { contents }).resume();
    expect(purges).toHaveLength(1);
    expect(await named()).toBe(1);
    await pass();
    await shredder(keys, { contents }).resume();
    expect(purges.slice(1)).toEqual([{ tenantId: tenant, user: 'ann', before: expect.any(Date) as Date }]);
    expect(await named()).toBe(0);
    await pass();
    await shredder(keys, { contents }).resume();
    expect(purges).toHaveLength(2);
  });

  it('is tried again where it could not be removed, and takes nothing of a new beginning with it', async () => {
    await keys.dataKeys.current(tenant, await keys.subjects.reference(tenant, 'ann'), NOW);
    isAway = true;
    const shredding = shredder(keys, { contents }).shred({ tenant }, BASIS, OFFICERS);
    await expect(shredding).rejects.toMatchObject({
      code: 'storage_unavailable',
      facts: { details: { left: 'away' } },
    });
    // one that fails is in nobody's way
    expect(purges).toEqual([{ tenantId: tenant }]);
    const anew = await write(keys, tenant, await keys.subjects.reference(tenant, 'ann'), 'anew');
    const again = async () => {
      await site.client.query(`update audit_keys.shred_ledger set leased_until = clock_timestamp()`);
      return shredder(keys, { contents }).resume();
    };
    await expect(again()).rejects.toThrow('1 erasures are not finished');
    isAway = false;
    await again();
    expect(purges.slice(1)).toEqual([1, 2].map(() => ({ tenantId: tenant, before: expect.any(Date) as Date })));
    expect(await read(keys, anew)).toBe('anew');
  });

  it('stays where a month of the log goes', async () => {
    await history(keys);
    await shredder(keys, { contents }).shred({ tenant, month: '2026-10' }, BASIS, OFFICERS);
    expect(purges).toEqual([]);
    expect(await site.count('shred_ledger', 'purged_at is null')).toBe(0);
  });
});

it('leaves no bytes of a destroyed key in any table, and tidies up', async () => {
  const ann = await keys.subjects.reference(tenant, 'ann');
  const { id, key } = await keys.dataKeys.current(tenant, ann, NOW);
  const { rows } = await site.client.query<{ wrapped: Buffer }>(
    'select wrapped from audit_keys.data_keys where id = $1',
    [id],
  );
  await shredder().shred({ tenant, subject: ann }, BASIS, OFFICERS);
  const dump = await site.dump('tenant_keys', 'data_keys', 'subjects', 'shred_ledger', 'changes', 'rotations');
  expect(dump).toContain(id);
  expect(dump).not.toContain(rows[0]?.wrapped.toString('hex'));
  expect(dump).not.toContain(key.toString('hex'));
  const vacuumed = async () =>
    (await site.client.query(`select from pg_stat_user_tables where relname = 'data_keys' and vacuum_count > 0`))
      .rowCount;
  expect(await until(vacuumed)).toBe(1);
});
