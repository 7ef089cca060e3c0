import { createSecretKey, randomBytes } from 'node:crypto';
import type { AuditKeys } from '../../src/features/audit/keys/audit-keys';
import type { RotationLevel } from '../../src/features/audit/keys/rotations.store';
import { LocalKeyWrapper } from '../../src/platform/secrets/local-key-wrapper';
import { unwrapBytes, wrapBytes } from '../../src/platform/secrets/wrapped-bytes';
import { KeySite, RemovableKek } from '../support/keys/key-site';
import { NotedLog } from '../support/keys/noted-log';

const NOW = Date.UTC(2026, 10, 28);
const OCTOBER = Date.UTC(2026, 9, 28);
const tenants = Array.from({ length: 3 }, (_, i) => `01890000-0000-7000-8000-00000000000${i}`);
const tenant = tenants[0] as string;
const clock = () => NOW;

interface Row {
  readonly text: string;
  readonly keyId: string;
  readonly ciphertext: Buffer;
}

let site: KeySite;
let log: NotedLog;
let keys: AuditKeys;
beforeAll(async () => {
  site = await KeySite.build();
});
beforeEach(async () => {
  log = new NotedLog();
  keys = await site.replica({ clock });
});
afterEach(() => site.reset());
afterAll(() => site?.close());

async function write(of: AuditKeys, tenantId: string, userId: string | undefined, at = NOW): Promise<Row> {
  const subject = userId === undefined ? undefined : await of.subjects.reference(tenantId, userId);
  const { id, key } = await of.dataKeys.current(tenantId, subject, at);
  const text = `${tenantId} ${userId} ${randomBytes(4).toString('hex')}`;
  return { text, keyId: id, ciphertext: wrapBytes(createSecretKey(key), Buffer.from(text), id) };
}
async function read(of: AuditKeys, { keyId, ciphertext }: Row): Promise<string | undefined> {
  const found = await of.dataKeys.find(keyId);
  return found && unwrapBytes(createSecretKey(found.key), ciphertext, keyId).toString();
}
async function history(of = keys, people = 5): Promise<Row[]> {
  const rows: Row[] = [];
  for (const of_ of tenants)
    for (let i = 0; i < people; i++) {
      rows.push(await write(of, of_, `user-${i}`));
      rows.push(await write(of, of_, `user-${i}`, OCTOBER));
    }
  return rows;
}
const expectReadable = async (of: AuditKeys, rows: readonly Row[]) =>
  expect(await Promise.all(rows.map((row) => read(of, row)))).toEqual(rows.map(({ text }) => text));
const snapshot = async (columns: string, table: string) =>
  (await site.client.query(`select ${columns} from audit_keys.${table} order by id`)).rows as object[];

describe('a new key-encryption key', () => {
  it('takes the place of the old one, which is not needed any more; no id and no data key changes', async () => {
    const rows = await history();
    const before = [await snapshot('*', 'data_keys'), await snapshot('id, version', 'tenant_keys')];
    const use = new RemovableKek();
    const next = await site.replica({ clock, kek: { use, previous: [site.kek] } });
    await expectReadable(next, rows);
    const progress = await next.rotation(log).rotate('kek');
    expect(progress).toMatchObject({
      level: 'kek',
      total: 9,
      renewed: 9,
      leftOver: 0,
      finishedAt: expect.any(Date) as Date,
    });
    expect([await snapshot('*', 'data_keys'), await snapshot('id, version', 'tenant_keys')]).toEqual(before);
    expect(await site.count('tenant_keys', `wrapper <> '${use.id}'`)).toBe(0);
    site.kek.away = 'failing';
    await expectReadable(await site.replica({ clock, kek: { use } }), rows);
    expect(log.entries.map(({ event, outcome, metadata }) => [event, outcome, metadata])).toEqual([
      ['key.rotate', 'begun', { level: 'kek', to: use.id, rotation: progress.id }],
      ['key.rotate', 'done', { level: 'kek', to: use.id, rotation: progress.id, renewed: 9, left_over: 0 }],
    ]);
  });

  it('goes on where it was interrupted', async () => {
    const rows = await history();
    const use = new RemovableKek();
    const next = await site.replica({ clock, kek: { use, previous: [site.kek] } });
    let wraps = 0;
    const wrap = use.wrap.bind(use);
    use.wrap = (key, context) => (++wraps > 4 ? Promise.reject(new Error('away')) : wrap(key, context));
    const first = await next.rotation(log).rotate('kek');
    expect(first).toMatchObject({ renewed: 4, leftOver: 5 });
    await expectReadable(next, rows);
    use.wrap = wrap;
    expect(await next.rotation(log).rotate('kek')).toMatchObject({ total: 5, renewed: 5, leftOver: 0 });
    expect((await next.rotation(log).progress()).map(({ renewed, leftOver }) => [renewed, leftOver])).toEqual([
      [5, 0],
      [4, 5],
    ]);
  });

  it('says which key is missing where it is not configured', async () => {
    const row = await write(keys, tenant, undefined);
    const stranger = await site.replica({ clock, kek: { use: new LocalKeyWrapper(randomBytes(32)) } });
    await expect(stranger.dataKeys.find(row.keyId)).rejects.toMatchObject({
      code: 'audit_unavailable',
      facts: { cause: { message: expect.stringContaining(site.kek.id) as string } },
    });
  });
});

describe('a new tenant key', () => {
  it('takes over the data keys, and the old one is destroyed', async () => {
    const rows = await history();
    const ids = await snapshot('id, version', 'data_keys');
    expect(await keys.rotation(log).rotate('tenant', { tenant })).toMatchObject({ total: 3, renewed: 3, leftOver: 0 });
    expect(await site.count('tenant_keys', `tenant = '${tenant}' and wrapped is null and version = 1`)).toBe(3);
    expect(await site.count('tenant_keys', `tenant = '${tenant}' and wrapped is not null and version = 2`)).toBe(3);
    expect(await site.count('tenant_keys', `tenant <> '${tenant}' and version > 1`)).toBe(0);
    expect(await snapshot('id, version', 'data_keys')).toEqual(ids);
    await expectReadable(keys, rows);
    await expectReadable(await site.replica({ clock }), rows);
    const subject = await keys.subjects.reference(tenant, 'user-1');
    expect(await keys.subjects.identify(tenant, subject)).toBe('user-1');
  });

  it('leaves a data key that somebody tampered with, and its old tenant key, and says so', async () => {
    const rows = await history();
    const [first, ...others] = rows as [Row, ...Row[]];
    await site.client.query(`update audit_keys.data_keys set wrapped = set_byte(wrapped, 20, 0) where id = $1`, [
      first.keyId,
    ]);
    const before = await snapshot('id, wrapped', 'data_keys');
    const progress = await keys.rotation(log).rotate('tenant', { tenant });
    expect(progress).toMatchObject({ renewed: 3, leftOver: 1 });
    expect(log.entries.at(-1)).toMatchObject({ outcome: 'incomplete' });
    await expectReadable(keys, others);
    await expect(read(keys, first)).rejects.toThrow('was changed');
    expect(
      (await snapshot('id, wrapped', 'data_keys')).filter((row) => before.some((old) => same(row, old))),
    ).toHaveLength(1 + before.length - (await site.count('data_keys', `tenant = '${tenant}'`)));
  });
});

describe('new data keys', () => {
  it('are for new entries; older ones keep theirs', async () => {
    const rows = await history();
    const other = await site.replica({ clock });
    await write(other, tenant, 'user-0');
    const progress = await keys.rotation(log).rotate('data', { tenant });
    // five people in this month, and the key that seals ids
    expect(progress).toMatchObject({ total: 6, renewed: 6, leftOver: 0 });
    for (const process of [keys, other, await site.replica({ clock })]) {
      const row = await write(process, tenant, 'user-0');
      expect(rows.map(({ keyId }) => keyId)).not.toContain(row.keyId);
      await expectReadable(keys, [row]);
    }
    await expectReadable(keys, rows);
    const reference = await keys.subjects.reference(tenant, 'user-0');
    expect(await keys.subjects.identify(tenant, reference)).toBe('user-0');
    expect(await keys.rotation(log).rotate('data', { tenant, subject: reference, month: '2026-10' })).toMatchObject({
      total: 1,
      renewed: 1,
    });
  });

  it('are not made for somebody who was erased', async () => {
    const row = await write(keys, tenant, 'ann');
    const reference = await keys.subjects.reference(tenant, 'ann');
    const guards = { holds: () => Promise.resolve([]), covered: () => Promise.resolve() };
    await keys
      .shredder(log, guards, { backupDays: 30, approvers: 1 })
      .shred({ tenant, subject: reference }, 'x', ['a']);
    await keys.rotation(log).rotate('data');
    await keys.rotation(log).rotate('tenant');
    expect(await read(keys, row)).toBeUndefined();
    expect(await site.count('data_keys', `subject = '${reference}' and wrapped is not null`)).toBe(0);
  });
});

describe('a rotation', () => {
  it('is done by one process at a time, and taken over from one that died', async () => {
    await history();
    let release = (): void => undefined;
    log.before = () => new Promise((resolve) => (release = resolve));
    const first = keys.rotation(log).rotate('data');
    await new Promise((next) => setTimeout(next, 100));
    const other = await site.replica({ clock });
    const quiet = new NotedLog();
    await expect(other.rotation(quiet).rotate('data')).rejects.toMatchObject({ code: 'conflict' });
    expect(await other.rotation(quiet).rotate('data', { tenant })).toMatchObject({ leftOver: 0 });
    await site.client.query(`update audit_keys.rotations set leased_until = now() where finished_at is null`);
    const [open] = (await keys.rotation(log).progress()).filter(({ finishedAt }) => !finishedAt);
    expect(await other.rotation(quiet).rotate('data')).toMatchObject({ id: open?.id, leftOver: 0 });
    log.before = () => undefined;
    release();
    await first;
  });

  it('does not begin when it cannot be recorded', async () => {
    const rows = await history();
    log.before = () => Promise.reject(new Error('the log is away'));
    for (const level of ['kek', 'tenant', 'data'] as const)
      await expect(keys.rotation(log).rotate(level)).rejects.toThrow('the log is away');
    expect(await site.count('data_keys', 'version > 1')).toBe(0);
    expect(await site.count('tenant_keys', 'version > 1')).toBe(0);
    log.before = () => undefined;
    expect(await keys.rotation(log).rotate('tenant')).toMatchObject({ leftOver: 0 });
    await expectReadable(keys, rows);
  });

  it('of every level goes on while hundreds write and read: every key found is right', async () => {
    const next = new RemovableKek();
    const kek = { use: next, previous: [site.kek] };
    const processes = [
      // not yet told to use the new key-encryption key, only to know it
      await site.replica({ clock, kek: { use: site.kek, previous: [next] } }),
      await site.replica({ clock, kek }),
      await site.replica({ clock, kek }),
    ];
    const rows = await history(processes[1]);
    let over = false;
    let writes = 0;
    let reads = 0;
    const traffic = Array.from({ length: 40 }, async (_, i) => {
      while (!over) {
        const process = processes[i % 3] as AuditKeys;
        const row = await write(
          process,
          tenants[(i + writes) % 3] as string,
          `user-${writes % 60}`,
          i % 7 ? NOW : OCTOBER,
        );
        rows.push(row);
        writes++;
        const old = rows[Math.floor(Math.random() * rows.length)] as Row;
        for (const [of, what] of [
          [processes[(i + 1) % 3] as AuditKeys, row],
          [process, old],
        ] as const) {
          expect(await read(of, what)).toBe(what.text);
          reads++;
        }
        // as when its copies had just been too old
        if (writes % 50 === 0) process.forget({});
        await new Promise(setImmediate);
      }
    });
    const rotating = (async () => {
      const levels: RotationLevel[] = ['kek', 'tenant', 'data', 'tenant', 'data', 'kek'];
      for (const [i, level] of levels.entries()) {
        const done = await (processes[1 + (i % 2)] as AuditKeys).rotation(log).rotate(level);
        if (level !== 'kek') expect(done.leftOver).toBe(0);
      }
    })().finally(() => (over = true));
    await Promise.all([rotating, ...traffic]);
    expect(writes).toBeGreaterThan(300);
    expect(reads).toBe(2 * writes);
    expect(new Set(rows.map(({ keyId }) => keyId)).size).toBeGreaterThan(100);
    for (const process of processes) await expectReadable(process, rows);
    expect(await site.count('tenant_keys', 'wrapped is null')).toBeGreaterThanOrEqual(6);
  }, 90_000);
});

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
