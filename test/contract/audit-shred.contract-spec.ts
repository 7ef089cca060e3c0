import { createHash, createHmac } from 'node:crypto';
import { Client } from 'pg';
import type { AuditKeys } from '../../src/features/audit/keys/audit-keys';
import { KeyedHash } from '../../src/platform/secrets/keyed-hash';
import { until } from '../support/ask';
import {
  BASIS,
  Guards,
  history,
  MONTHS,
  neighbour,
  OFFICERS,
  read,
  readable,
  type Row,
  tenant,
  write,
} from '../support/keys/erasing';
import { KeySite } from '../support/keys/key-site';
import { NotedLog } from '../support/keys/noted-log';

const DAY_MS = 86_400_000;

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

const shredder = (of = keys, more: Partial<Parameters<AuditKeys['shredder']>[2]> = {}) =>
  of.shredder(log, guards, { backupDays: 30, approvers: 2, ...more });

describe('erasing a person', () => {
  it('makes what is theirs unreadable everywhere, in older copies of the log too, and nothing else', async () => {
    const other = await site.replica();
    const rows = await history(keys);
    const all = await readable(other, rows);
    expect(all.size).toBe(5);
    const ann = await keys.subjects.reference(tenant, 'ann');
    expect(await other.subjects.reference(tenant, 'ann')).toBe(ann);

    const started = Date.now();
    const report = await shredder().shred({ tenant, subject: ann }, BASIS, OFFICERS);
    expect(report).toMatchObject({ dataKeys: 3, tenantKeys: 0, subjects: 1, silent: [] });
    expect(report.finalAt.getTime() - report.destroyedAt.getTime()).toBeCloseTo(30 * DAY_MS, -3);
    expect(Math.abs(report.destroyedAt.getTime() - started)).toBeLessThan(10_000);

    // rows are as they were written: a copy of the log is no way around it
    for (const process of [keys, other, await site.replica()]) {
      expect(await readable(process, rows)).toEqual(new Set([...all].filter((who) => who !== `${tenant} ann`)));
      expect(await process.subjects.find(tenant, 'ann')).toBeUndefined();
      expect(await process.subjects.identify(tenant, ann)).toBeUndefined();
      expect(await process.subjects.find(neighbour, 'ann')).toBe(await keys.subjects.reference(neighbour, 'ann'));
    }
    const erased = rows.find(({ who }) => who === `${tenant} ann`) as Row;
    expect(await keys.dataKeys.fate(erased.keyId)).toMatchObject({ destroyedAt: expect.any(Date) as Date });
    expect(await site.count('data_keys', `subject = '${ann}' and wrapped is not null`)).toBe(0);
    expect(await site.count('data_keys', `subject = '${ann}'`)).toBe(3);
    expect(await site.count('subjects', `reference = '${ann}' and (lookup is not null or sealed is not null)`)).toBe(0);
  });

  it('says so in the log first, with every key, and waits until that is in a checkpoint', async () => {
    const rows = await history(keys);
    const ann = await keys.subjects.reference(tenant, 'ann');
    const mine = rows.filter(({ who }) => who === `${tenant} ann`).map(({ keyId }) => keyId);
    const seen: boolean[] = [];
    const look = async () => void seen.push((await readable(keys, rows)).has(`${tenant} ann`));
    log.before = look;
    guards.wait = look;
    const report = await shredder().shred({ tenant, subject: ann }, BASIS, OFFICERS);
    await look();
    expect(seen).toEqual([true, true, false]);
    expect(guards.waitedFor).toEqual([0]);
    expect(log.entries).toEqual([
      {
        event: 'key.shred',
        entry_id: report.entryId,
        tenant,
        user_id: ann,
        metadata: {
          order: report.order,
          scope: 'subject',
          key_ids: expect.arrayContaining(mine) as string[],
          basis: BASIS,
          approvers: OFFICERS,
          backup_days: 30,
        },
      },
    ]);
    const ledger = await site.client.query('select * from audit_keys.shred_ledger');
    expect(ledger.rows).toEqual([
      expect.objectContaining({ id: report.order, entry_id: report.entryId, entry_index: '0', basis: BASIS }),
    ]);
  });

  it('gives the same person a new name and new keys afterwards, in every process', async () => {
    const other = await site.replica();
    const ann = await keys.subjects.reference(tenant, 'ann');
    await other.subjects.reference(tenant, 'ann');
    const before = await write(other, tenant, ann, 'before');
    await shredder().shred({ tenant, subject: ann }, BASIS, OFFICERS);
    const again = await other.subjects.reference(tenant, 'ann');
    expect(again).not.toBe(ann);
    expect(await keys.subjects.reference(tenant, 'ann')).toBe(again);
    const after = await write(other, tenant, again, 'after');
    expect(after.keyId).not.toBe(before.keyId);
    expect(await read(keys, after)).toBe('after');
    expect(await read(keys, before)).toBeUndefined();
  });

  it('lets a call that had begun before write what nobody will read, and never brings the old name back', async () => {
    const ann = await keys.subjects.reference(tenant, 'ann');
    await write(keys, tenant, ann, 'request');
    await shredder().shred({ tenant, subject: ann }, BASIS, OFFICERS);
    const late = await write(keys, tenant, ann, 'response');
    expect(await read(keys, late)).toBeUndefined();
    expect(await keys.dataKeys.fate(late.keyId)).toMatchObject({ destroyedAt: expect.any(Date) as Date });
    expect(await site.count('data_keys', `subject = '${ann}' and wrapped is not null`)).toBe(0);
  });

  it('refuses what is held, what too few agreed to, and what is not there', async () => {
    const ann = await keys.subjects.reference(tenant, 'ann');
    const entry = await write(keys, tenant, ann, 'ann');
    const scope = { tenant, subject: ann };
    const refused = (code: string) => expect.objectContaining({ code }) as Error;
    guards.held = ['hold-1'];
    await expect(shredder().shred(scope, BASIS, OFFICERS)).rejects.toEqual(refused('conflict'));
    guards.held = [];
    for (const few of [[], ['key-a'], ['key-a', 'key-a']])
      await expect(shredder().shred(scope, BASIS, few)).rejects.toEqual(refused('conflict'));
    await expect(shredder().shred({ tenant: neighbour, subject: ann }, BASIS, OFFICERS)).rejects.toEqual(
      refused('not_found'),
    );
    for (const wrong of [{}, { tenant, month: 'always' }, { tenant, subject: ann, month: '2026-11' }])
      await expect(shredder().shred(wrong, BASIS, OFFICERS)).rejects.toEqual(refused('invalid_request'));
    expect(log.entries).toEqual([]);
    log.before = () => Promise.reject(new Error('the log is away'));
    await expect(shredder().shred(scope, BASIS, OFFICERS)).rejects.toThrow('the log is away');
    log.before = () => undefined;
    // a hold that came while the checkpoint was waited for
    guards.wait = () => Promise.resolve(void (guards.held = ['hold-2']));
    await expect(shredder().shred(scope, BASIS, OFFICERS)).rejects.toEqual(refused('conflict'));
    guards.held = [];
    expect(await shredder().resume()).toEqual([]);
    expect(await read(keys, entry)).toBe('ann');
  });

  it('is finished by another process when the first one dies after recording it', async () => {
    const other = await site.replica();
    const ann = await keys.subjects.reference(tenant, 'ann');
    const entry = await write(keys, tenant, ann, 'ann');
    guards.wait = () => new Promise(() => undefined);
    await expect(shredder(keys, { coveredMs: 50 }).shred({ tenant, subject: ann }, BASIS, OFFICERS)).rejects.toThrow(
      'waits for a checkpoint',
    );
    expect(await read(other, entry)).toBe('ann');
    guards.wait = () => Promise.resolve();
    expect(await shredder(other).resume()).toEqual([]); // not at the same moment
    await site.client.query('update audit_keys.shred_ledger set leased_until = now()');
    const second = shredder(other);
    second.start((error) => log.entries.push(error as never), 20);
    await until(async () => (await site.count('shred_ledger', 'swept_at is not null')) || undefined);
    second.stop();
    expect(await site.client.query('select data_keys, subjects from audit_keys.shred_ledger')).toMatchObject({
      rows: [{ data_keys: '1', subjects: '1' }],
    });
    expect(await read(other, entry)).toBeUndefined();
    expect(log.entries).toHaveLength(1);
    expect(await shredder(other).resume()).toEqual([]);
  });

  it('names processes that do not obey, and when their copies are too old', async () => {
    const ann = await keys.subjects.reference(tenant, 'ann');
    await site.client.query(`insert into audit_keys.nodes (id) values ('deaf')`);
    const report = await shredder(keys, { acknowledgeMs: 200 }).shred({ tenant, subject: ann }, BASIS, OFFICERS);
    expect(report.silent).toEqual([expect.objectContaining({ node: 'deaf' })]);
    expect(report.silent[0]?.safeAt.getTime()).toBeCloseTo(report.destroyedAt.getTime() + 900_000, -4);
  });

  it('reaches a process that was not listening as soon as it does', async () => {
    const other = await site.replica();
    const ann = await keys.subjects.reference(tenant, 'ann');
    await write(other, tenant, ann, 'before');
    await other.subjects.reference(tenant, 'ann');
    await site.client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'gatehouse-audit-keys' and query like 'listen %'`,
    );
    const report = await shredder(keys, { acknowledgeMs: 5_000 }).shred({ tenant, subject: ann }, BASIS, OFFICERS);
    expect(report.silent).toEqual([]);
    expect(await other.subjects.reference(tenant, 'ann')).not.toBe(ann);
  });

  it('reaches a process whose connection died in silence, at its next look', async () => {
    const other = await site.replica();
    const ann = await keys.subjects.reference(tenant, 'ann');
    await other.subjects.reference(tenant, 'ann');
    const heart = other.notices as unknown as { client: Client; check: () => Promise<void> };
    await heart.client.query('unlisten *');
    const { silent } = await shredder(keys, { acknowledgeMs: 100 }).shred({ tenant, subject: ann }, BASIS, OFFICERS);
    expect(silent.map(({ node }) => node)).toEqual([other.notices.node]);
    expect(await other.subjects.reference(tenant, 'ann')).toBe(ann);
    await heart.check();
    expect(await other.subjects.reference(tenant, 'ann')).not.toBe(ann);
    expect(await site.count('acknowledgements', `node = '${other.notices.node}'`)).toBe(1);
  });

  it('wins every race: whatever others do meanwhile, nothing of the past is readable and nothing under the old name', async () => {
    const others = [keys, await site.replica(), await site.replica()];
    for (let round = 0; round < 8; round++) {
      const who = `user-${round}`;
      const ann = await keys.subjects.reference(tenant, who);
      const before = await write(keys, tenant, ann, 'before', MONTHS[0]);
      let over = false;
      const bustle = others.map(async (process, i) => {
        while (!over) {
          await process.subjects.reference(tenant, who);
          await process.dataKeys.current(tenant, ann, MONTHS[(i + round) % 3] as number);
          await process.dataKeys.find(before.keyId);
          // as when copies had just been too old
          if (round % 2) process.forget({ tenant });
        }
      });
      const shredding = shredder().shred({ tenant, subject: ann }, BASIS, OFFICERS);
      const report = await shredding.finally(() => (over = true));
      await Promise.all(bustle);
      expect(report.silent).toEqual([]);
      for (const process of others) {
        expect(await read(process, before)).toBeUndefined();
        expect(await process.subjects.reference(tenant, who)).not.toBe(ann);
      }
      expect(await site.count('data_keys', `subject = '${ann}' and wrapped is not null`)).toBe(0);
      expect(await site.count('subjects', `reference = '${ann}' and erased_at is null`)).toBe(0);
      const named = new Set(log.entries.flatMap(({ metadata }) => metadata?.['key_ids'] as string[]));
      const { rows } = await site.client.query<{ id: string }>(
        `select id from audit_keys.data_keys where subject = $1 and version = 1`,
        [ann],
      );
      for (const { id } of rows) if (await wasAlive(id)) expect(named).toContain(id);
    }
  }, 60_000);
  /** Keys that were born destroyed need not be named. */
  const wasAlive = async (id: string) =>
    (await site.count('data_keys', `id = '${id}' and destroyed_at - made_at > interval '1 millisecond'`)) > 0;
});

describe('the names of people', () => {
  it('cannot be found from what identifies them, whoever has every key but the key database', async () => {
    const people = Array.from({ length: 100 }, (_, i) => `529982247${String(i).padStart(2, '0')}`);
    const names = await Promise.all(people.map(async (cpf) => keys.subjects.reference(tenant, cpf)));
    const { masterKey } = site;
    const known: Buffer[] = [masterKey, Buffer.alloc(0), Buffer.from(tenant)];
    for (const purpose of ['audit-subject', 'user', 'session'])
      known.push(new KeyedHash(masterKey).digest(purpose, tenant, ''));
    const guesses = new Set<string>();
    for (const cpf of people) {
      for (const algorithm of ['sha256', 'sha512', 'sha1', 'md5'])
        for (const text of [cpf, `${tenant}${cpf}`, `${tenant}\n${cpf}`])
          for (const key of known)
            for (const digest of [
              createHash(algorithm).update(text).digest(),
              createHmac(algorithm, key).update(text).digest(),
            ])
              guesses.add(`s_${digest.subarray(0, 16).toString('base64url')}`);
      for (const purpose of ['audit-subject', 'user', 'session', 'subject'])
        guesses.add(`s_${new KeyedHash(masterKey).pseudonym(purpose, tenant, cpf)}`);
    }
    expect(guesses.size).toBeGreaterThan(5_000);
    expect(names.filter((name) => guesses.has(name))).toEqual([]);
    // another installation with the same master key gives the same people other names: no function of the id makes them
    await site.client.query('truncate audit_keys.subjects');
    keys.forget({});
    const others = await Promise.all(people.map(async (cpf) => keys.subjects.reference(tenant, cpf)));
    expect(others.filter((name) => names.includes(name))).toEqual([]);
  });

  it('lead back to people until these are erased', async () => {
    const ann = await keys.subjects.reference(tenant, 'ann@example.com');
    expect(await keys.subjects.identify(tenant, ann)).toBe('ann@example.com');
    expect(await keys.subjects.identify(neighbour, ann)).toBeUndefined();
  });
});

describe('erasing more', () => {
  it('takes everything of a tenant, with one entry that names its tenant keys, and lets it begin anew', async () => {
    const other = await site.replica();
    const rows = await history(keys);
    const ann = await other.subjects.reference(tenant, 'ann');
    const report = await shredder().shred({ tenant }, BASIS, OFFICERS);
    expect(report).toMatchObject({ tenantKeys: 4, subjects: 2, silent: [] });
    expect(report.dataKeys).toBe(10);
    for (const process of [keys, other])
      expect(await readable(process, rows)).toEqual(new Set([`${neighbour} ann`, 'the installation']));
    expect(await site.count('subjects', `tenant = '${tenant}' and lookup is not null`)).toBe(0);
    expect(log.entries[0]?.metadata?.['key_ids']).toHaveLength(4);
    const again = await other.subjects.reference(tenant, 'ann');
    expect(again).not.toBe(ann);
    const anew = [await write(other, tenant, again, 'anew'), await write(keys, tenant, undefined, 'nobody, anew')];
    expect(await readable(keys, anew)).toEqual(new Set(['anew', 'nobody, anew']));
    expect(await other.subjects.identify(tenant, again)).toBe('ann');
  });

  it('wins against keys that are being renewed, and against people who come meanwhile', async () => {
    const other = await site.replica();
    for (let round = 0; round < 6; round++) {
      const rows = await history(keys);
      let over = false;
      const bustle = (async () => {
        for (let i = 0; !over; i++) {
          await other.rotation(new NotedLog()).rotate(i % 2 ? 'data' : 'tenant', { tenant });
          await other.subjects.reference(tenant, `round ${round} ${i}`);
        }
      })();
      await new Promise((next) => setTimeout(next, round * 15));
      await shredder().shred({ tenant }, BASIS, OFFICERS);
      over = true;
      await bustle;
      for (const process of [keys, other, await site.replica()])
        expect(await readable(process, rows)).toEqual(new Set([`${neighbour} ann`, 'the installation']));
      // what came after is of a new beginning
      expect(await site.count('subjects s', `erased_at is null and not exists (${LIVING})`)).toBe(0);
    }
  }, 60_000);
  const LIVING = `select from audit_keys.data_keys k join audit_keys.tenant_keys t on t.id = k.tenant_key
                  where k.id = s.sealed_by and k.wrapped is not null and t.wrapped is not null`;

  it('takes a month of a tenant or of the installation, and leaves the names', async () => {
    const rows = await history(keys);
    const ann = await keys.subjects.reference(tenant, 'ann');
    await shredder().shred({ tenant, month: '2026-09' }, 'retention', OFFICERS);
    await shredder().shred({ month: '2026-10' }, 'retention', OFFICERS);
    const gone = await Promise.all(rows.map(async (row) => ((await read(keys, row)) ? [] : [rows.indexOf(row)])));
    expect(gone.flat()).toEqual([0, 1, 3, 9]);
    expect(await keys.subjects.find(tenant, 'ann')).toBe(ann);
    expect(await keys.subjects.identify(tenant, ann)).toBe('ann');
  });
});
