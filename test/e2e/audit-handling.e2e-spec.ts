import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from '../../src/contract/ids';
import { until } from '../support/ask';
import { verifyAudit } from '../support/audit-programs';
import { ReviewSite } from '../support/review-site';

describe('those who handle the audit log', () => {
  let site: ReviewSite;
  beforeAll(async () => {
    site = await ReviewSite.build();
  }, 60_000);
  afterAll(() => site?.close());

  describe('hold and erase', () => {
    it('nothing that a hold forbids, nothing alone, and what is erased stays proven', async () => {
      const one = await site.interaction(site.acme, 'ida');
      const scope = { tenant: site.acme, user: 'ida' };
      const hold = await site.post(site.keys.officer.key, '/holds', { scope, reason: 'litigation' });
      expect([hold.status, hold.body['reason']]).toEqual([201, 'litigation']);
      expect(await site.newest('hold.place')).toMatchObject({ entry_id: hold.body['entry'], tenant: site.acme });
      expect(
        (
          await site.post(site.keys.officer.key, '/holds', {
            scope: { tenant: site.acme, user: 'nobody' },
            reason: 'wrong',
          })
        ).status,
      ).toBe(404);
      const nobody = uuidv7();
      const misplaced = { scope: { tenant: nobody }, reason: 'litigation' };
      expect((await site.post(site.keys.officer.key, '/holds', misplaced)).status).toBe(404);
      const gone = await site.post(site.keys.officer.key, `/tenants/${nobody}/shred`, { basis: 'end of contract' });
      expect(gone.status).toBe(404);
      const shred = (key: string) =>
        site.post(key, '/subjects/ida/shred', { basis: 'GDPR 17(1)(b)', tenant: site.acme });
      const elsewhere = await site.post(site.keys.officer.key, `/subjects/ida/shred?tenant=${site.acme}`, {
        basis: 'GDPR 17(1)(b)',
      });
      expect([elsewhere.status, elsewhere.body['param']]).toEqual([400, 'tenant']);
      const held = await shred(site.keys.officer.key);
      expect([held.status, held.body['details']]).toEqual([409, { hold: hold.body['id'] }]);
      expect(
        (await site.post(site.keys.officer.key, `/tenants/${site.acme}/shred`, { basis: 'end of contract' })).status,
      ).toBe(409);
      expect((await site.get(site.keys.spy.key, '/holds')).body['data']).toEqual([]);
      expect((await site.call(site.keys.spy.key, 'DELETE', `/audit/holds/${hold.body['id']}`)).status).toBe(404);
      expect((await site.call(site.keys.chief.key, 'DELETE', `/audit/holds/${hold.body['id']}`)).status).toBe(204);
      expect(await site.newest('hold.release')).toMatchObject({ parent: hold.body['entry'] });

      const asked = await shred(site.keys.officer.key);
      expect(asked.status).toBe(202);
      expect((await site.post(site.keys.officer.key, `/approvals/${asked.body['approval']}/approve`)).status).toBe(403);
      expect((await site.post(site.keys.ben.key, `/approvals/${asked.body['approval']}/approve`)).status).toBe(403);
      expect((await site.post(site.keys.chief.key, `/approvals/${asked.body['approval']}/approve`)).status).toBe(200);
      const words = { basis: 'another ground', tenant: site.acme };
      expect((await site.post(site.keys.officer.key, '/subjects/ida/shred', words)).status).toBe(202);
      const done = await shred(site.keys.officer.key);
      expect([done.status, done.text]).toEqual([200, expect.stringContaining('final_at')]);
      expect(await site.newest('key.shred')).toMatchObject({
        entry_id: done.body['entry'],
        metadata: { approvers: [site.keys.officer.id, site.keys.chief.id] },
      });

      const late = await site.post(site.keys.ann.key, `/entries/${one.asked}/reveal`, { reason: 'too late' });
      expect([late.status, late.body['details']]).toEqual([410, { content: 'erased' }]);
      const told = await site.get(site.keys.ann.key, `/entries/${one.asked}`);
      expect([told.body['content'], told.body['proof'].index]).toEqual(['erased', told.body['index']]);
      expect((await site.search(site.keys.ann.key, 'user=ida')).length).toBe(0);
      expect((await site.post(site.keys.officer.key, '/verify')).body).toMatchObject({ status: 'ok' });
      expect((await shred(site.keys.officer.key)).status).toBe(404);
    });

    it('give a person what there is about it', async () => {
      await site.interaction(site.acme, 'jana', {}, 'about jana');
      const path = '/subjects/jana/export?reason=access+request';
      const asked = await site.get(site.keys.ann.key, path);
      expect(asked.status).toBe(202);
      await site.post(site.keys.ben.key, `/approvals/${asked.body['approval']}/approve`);
      // nobody agreed to what was said later
      await site.interaction(site.acme, 'jana', {}, 'said afterwards');
      const { status, text } = await site.get(site.keys.ann.key, path);
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect([status, lines.length]).toEqual([200, 2]);
      expect(lines[1].content.response.choices[0].text).toBe('about jana');
      expect(text).not.toContain('said afterwards');
      expect((await site.get(site.keys.ann.key, path)).status).toBe(202);
      expect((await site.newest('audit.export'))?.metadata).toMatchObject({ format: 'subject', entries: lines.length });
    });

    it('renew keys while everything stays readable', async () => {
      const one = await site.interaction(site.acme, 'kim');
      for (const level of ['kek', 'tenant', 'subject'])
        expect([
          level,
          (
            await site.post(site.keys.officer.key, '/keys/rotate', {
              level,
              ...(level !== 'kek' && { tenant: site.acme }),
            })
          ).status,
        ]).toEqual([level, 200]);
      expect((await site.get(site.keys.officer.key, '/keys/rotations')).body['data'].length).toBe(3);
      for (const level of ['kek', 'signing'])
        expect([level, (await site.post(site.keys.boss.key, '/keys/rotate', { level })).status]).toEqual([level, 403]);
      const old = (await site.get(site.keys.ann.key, '/vkey')).text.trim();
      const renewed = await site.post(site.keys.officer.key, '/keys/rotate', { level: 'signing' });
      expect(renewed.status).toBe(200);
      await until(
        async () => (await site.get(site.keys.ann.key, '/vkey')).text.startsWith(renewed.body['vkey']) || undefined,
      );
      await site.signed();
      expect((await site.post(site.keys.officer.key, '/verify')).body).toMatchObject({ status: 'ok' });
      // who has the key of before follows to the new one in a selection too; who asks now is told both
      const now = (await site.get(site.keys.ann.key, '/vkey')).text;
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-rotated-'));
      const exported = await fetch(`${site.gateway.url}/v1/audit/exports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${site.keys.ann.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ format: 'bundle', filters: { user: 'kim' } }),
      });
      writeFileSync(join(folder, 'bundle.tar'), Buffer.from(await exported.arrayBuffer()));
      for (const vkey of [old, now]) {
        const { code, out } = verifyAudit(join(folder, 'bundle.tar'), '--vkey', vkey, '--strict');
        expect([code, out]).toEqual([0, expect.any(String)]);
      }
      rmSync(folder, { recursive: true });
      const shown = await site.post(site.keys.boss.key, `/entries/${one.asked}/reveal`, {
        reason: 'after rotation',
        break_glass: true,
      });
      expect(shown.status).toBe(200);
    });
  });

  it('refuse to read what cannot be recorded', async () => {
    site.cable.cut();
    try {
      for (const path of ['/entries', '/entries/0', '/requests/x', '/checkpoint', '/approvals'])
        expect([path, (await site.get(site.keys.ann.key, path)).status]).toEqual([path, 503]);
      expect((await site.post(site.keys.ann.key, '/samples', { size: 1 })).status).toBe(503);
      expect((await site.post(site.keys.ann.key, '/exports', { format: 'ndjson' })).status).toBe(503);
    } finally {
      site.cable.mend();
    }
    await until(
      async () => ((await site.get(site.keys.ann.key, '/entries')).status === 200 ? true : undefined),
      10_000,
    );
  });

  describe('let a month go', () => {
    const month = '2025-01';

    /** As if the first part of the log had been written long ago. */
    async function age(): Promise<number> {
      await site.fill();
      await site.signed();
      await site.search(site.keys.officer.key, 'limit=1');
      const { rows } = await site.admin.query<{ last: string }>(
        'select max(first_index + n) - 1 as last from audit.batches where first_index + n <= 256',
      );
      const last = Number(rows[0]?.last);
      await site.admin.query(`set gatehouse_audit.maintenance = 'on'; set role gatehouse_audit_owner`);
      for (const table of ['headers', 'payloads', 'entries'])
        await site.admin.query(
          `create table audit.${table}_2025_01 partition of audit.${table} for values from ('2025-01-01') to ('2025-02-01')`,
        );
      const { rows: tables } = await site.admin.query<{ name: string }>(
        `select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'audit'::regnamespace and c.relkind in ('r', 'p')
           and c.relname ~ '^(batches|headers|payloads|entries|spans)'`,
      );
      for (const { name } of tables) await site.admin.query(`alter table ${name} disable trigger user`);
      for (const table of ['batches', 'headers', 'payloads', 'entries'])
        await site.admin.query(`update audit.${table} set part_month = '2025-01-01' where first_index <= $1`, [last]);
      await site.admin.query(`update audit.batches set committed_at = '2025-01-15' where first_index <= $1`, [last]);
      await site.admin.query(
        `insert into audit.spans select '2025-01-01', stretch, low, $1, earliest, latest from audit.spans where stretch = 0`,
        [last],
      );
      await site.admin.query(
        `update audit.spans set low = $1::bigint + 1 where stretch = 0 and part_month <> '2025-01-01'`,
        [last],
      );
      await site.admin.query('select audit.protect_all()');
      await site.admin.query(`set gatehouse_audit.maintenance = ''; reset role`);
      return last;
    }

    it('when it is old enough, nothing holds it, and two officers agree', async () => {
      const last = await age();
      const now = new Date().toISOString().slice(0, 7);
      const early = await site.post(site.keys.officer.key, '/retention/plans', { month: now });
      expect([early.status, early.body['details'].earliest > new Date().toISOString()]).toEqual([409, true]);
      expect((await site.post(site.keys.officer.key, '/retention/plans', { month: '2020-01' })).status).toBe(404);
      expect((await site.post(site.keys.boss.key, '/retention/plans', { month })).status).toBe(403);

      const hold = await site.post(site.keys.officer.key, '/holds', {
        scope: { from: '2025-01-15T00:00:00Z', to: '2025-01-20T00:00:00Z' },
        reason: 'inquiry',
      });
      const shown = await site.get(site.keys.officer.key, '/retention');
      expect(shown.body['segments'][0]).toMatchObject({
        month,
        first: 0,
        last,
        status: 'due',
        held_by: [hold.body['id']],
      });
      expect((await site.post(site.keys.officer.key, '/retention/plans', { month })).status).toBe(409);
      expect((await site.call(site.keys.officer.key, 'DELETE', `/audit/holds/${hold.body['id']}`)).status).toBe(204);

      // who introduced himself in that month has to have left
      expect((await site.post(site.keys.officer.key, '/retention/plans', { month })).body['detail']).toMatch(
        /still writing/,
      );
      await site.replaceWriters();

      const plan = await site.post(site.keys.officer.key, '/retention/plans', { month });
      expect([plan.status, plan.body['status']]).toEqual([201, 'planned']);
      const approve = (key: string) => site.post(key, `/retention/plans/${plan.body['id']}/approve`, { archive: true });
      expect((await approve(site.keys.officer.key)).status).toBe(403);
      const dropped = await approve(site.keys.chief.key);
      expect([dropped.status, dropped.body['status'], dropped.text]).toEqual([200, 'dropped', expect.anything()]);
      expect(dropped.body['seal']).toMatchObject({ first: 0, last });
      expect(dropped.body['seal'].tenants[site.acme]).toBeGreaterThan(50);
      expect(createHash('sha256').update(readFileSync(dropped.body['archive'].file)).digest('hex')).toBe(
        dropped.body['archive'].sha256,
      );
      for (const event of ['retention.plan', 'retention.approve', 'segment.seal', 'retention.drop'])
        expect([event, (await site.newest(event))?.event]).toEqual([event, event]);

      expect((await site.get(site.keys.officer.key, '/entries/0')).status).toBe(404);
      expect((await site.get(site.keys.officer.key, '/retention')).body['segments'][0]).toMatchObject({
        month,
        status: 'dropped',
        bytes: null,
      });
      expect((await approve(site.keys.chief.key)).body['status']).toBe('dropped');

      // as if the process had died between announcing it and noting that it did
      await site.admin.query(
        'update audit_retention_plans set dropped_at = null, drop_entry = null, drop_index = null',
      );
      expect((await approve(site.keys.chief.key)).body).toMatchObject({
        status: 'dropped',
        drop_entry: dropped.body['drop_entry'],
      });
      expect(await site.search(site.keys.officer.key, 'event=retention.drop')).toHaveLength(1);
    });

    it('after which everything else still verifies', async () => {
      await site.signed();
      const result = await site.post(site.keys.officer.key, '/verify');
      expect(result.body).toMatchObject({ status: 'ok', problems: [] });
    });
  });

  it('are told where somebody tampered with it', async () => {
    const one = await site.interaction(site.acme, 'lena');
    // in a tile that is complete: whatever comes later is found out at once by the gateway itself
    await site.fill();
    await site.signed();
    const [asked, answered] = await Promise.all(
      [one.asked, one.answered].map(
        async (id) => (await site.get(site.keys.ann.key, `/entries/${id}`)).body['index'] as number,
      ),
    );
    const tables = ['headers', 'payloads'].map(
      (name) => `audit.${name}_${new Date().toISOString().slice(0, 7).replace('-', '_')}`,
    );
    await site.admin.query(`set gatehouse_audit.maintenance = 'on'`);
    for (const table of [...tables, 'audit.tiles']) await site.admin.query(`alter table ${table} disable trigger user`);
    const [tile, place] = [Math.floor((answered as number) / 256), ((answered as number) % 256) * 32];
    const flip = `update audit.tiles set hashes = set_byte(hashes, ${place}, get_byte(hashes, ${place}) # 1) where level = 0 and n = ${tile}`;
    await site.admin.query(flip);
    expect((await site.post(site.keys.officer.key, '/verify')).body).toMatchObject({
      status: 'failed',
      problems: [{ code: 'tile', index: answered }],
    });
    await site.admin.query(flip);
    await site.admin.query(
      `update ${tables[0]} set headers = replace(headers, '"outcome":"answered"', '"outcome":"answerex"') where first_index = $1`,
      [answered],
    );
    await site.admin.query(
      `update ${tables[1]} set payloads = set_byte(payloads, 20, get_byte(payloads, 20) # 1) where first_index = $1`,
      [asked],
    );
    const result = await site.post(site.keys.officer.key, '/verify');
    expect(result.body).toMatchObject({ status: 'failed', first_bad_index: asked });
    expect(result.body['problems'].map(({ index: at }: { index?: number }) => at)).toEqual(
      expect.arrayContaining([asked, answered]),
    );
    expect(await (await fetch(`${site.gateway.url}/metrics`)).text()).toMatch(/^audit_verify_ok 0$/m);
    expect(await site.newest('audit.verify')).toMatchObject({ metadata: { ok: false, first_bad_index: asked } });
    const altered = await site.post(site.keys.boss.key, `/entries/${one.asked}/reveal`, {
      reason: 'look',
      break_glass: true,
    });
    expect([altered.status, altered.body['details']]).toEqual([409, { content: 'altered', index: asked }]);
    // nor is an altered header shown as if it were the one that was signed
    for (const [who, path] of [
      ['ann', `/audit/entries/${one.answered}`],
      ['ann', `/audit/proofs/${one.answered}`],
      ['ann', `/audit/requests/${one.request_id}`],
      ['ann', `/requests/${one.request_id}`],
      ['client', `/requests/${one.request_id}`],
    ] as const) {
      const { status, body } = await site.call(site.keys[who].key, 'GET', path);
      expect([path, status, body['details']]).toEqual([path, 503, { index: answered, problem: 'altered' }]);
    }
    const judged = await site.call(site.keys.client.key, 'POST', `/requests/${one.request_id}/feedback`, { score: 1 });
    expect([judged.status, judged.body['details']]).toEqual([503, { index: answered, problem: 'altered' }]);
  });
});
