import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseCheckpoint } from '../../src/features/audit/format/checkpoint';
import { leafHash, rawLeafHash } from '../../src/features/audit/format/hashes';
import { verifyNote } from '../../src/features/audit/format/note';
import { verifyInclusion } from '../../src/features/audit/format/proofs';
import { parseTlogProof } from '../../src/features/audit/format/tlog-proof';
import { parseVkey } from '../../src/features/audit/format/vkey';
import type { Report } from '../../src/features/audit/verifier/report';
import { until } from '../support/ask';
import { ReviewSite, type ReviewEntry } from '../support/review-site';

const NO_ID = randomUUID();

describe('those who review the audit log', () => {
  let site: ReviewSite;
  beforeAll(async () => {
    site = await ReviewSite.build();
  }, 60_000);
  afterAll(() => site?.close());

  describe('find', () => {
    it('entries by whatever is known of them', async () => {
      const one = await site.interaction(site.acme, 'alice', { session: 'unused' });
      const ref = one.user_id;
      const found = async (query: string) =>
        (await site.search(site.keys.ann.key, query)).map(({ entry_id }) => entry_id);
      const both = [one.answered, one.asked];
      expect(await found(`request_id=${one.request_id}`)).toEqual(both);
      expect(await found(`request_id=${one.request_id}&event=llm.*`)).toEqual(both);
      expect(await found(`request_id=${one.request_id}&event=llm.*&min_cost_usd=0.001`)).toEqual([one.answered]);
      for (const query of [
        'user=alice',
        `user=alice&event=llm.*`,
        'user=alice&from=2020-01-01T00:00:00Z&to=2120-01-01T00:00:00Z',
        `user=alice&tenant=${site.acme}`,
        'user=alice&model=fast',
        `user=alice&key=${site.keys.client.id}`,
      ])
        expect([query, await found(query)]).toEqual([query, both]);
      for (const query of [
        'user=alice&provider=sandbox',
        'user=alice&event=llm.response',
        'user=alice&flag=degraded.stale',
        'user=alice&outcome=answered',
        'user=alice&min_cost_usd=0.001&max_cost_usd=0.002',
        'user=alice&model=sandbox/echo',
      ])
        expect([query, await found(query)]).toEqual([query, [one.answered]]);
      for (const query of [
        'user=nobody',
        'user=alice&min_cost_usd=0.002',
        'user=alice&to=2020-01-01T00:00:00Z',
        'user=alice&from=2120-01-01T00:00:00Z',
        'user=alice&event=audit.*',
        'user=alice&outcome=failed',
        'user=alice&session=other',
      ])
        expect([query, await found(query)]).toEqual([query, []]);
      expect(ref).toMatch(/^s/);
    });

    it('calls that were really made, with all that was said', async () => {
      const made = await fetch(`${site.gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${site.keys.client.key}`,
          'content-type': 'application/json',
          'x-user-id': 'nina@example.com',
          'x-session-id': 'tuesday',
          'x-request-id': 'really-made',
        },
        body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'the real question' }] }),
      });
      expect(made.status).toBe(200);
      await made.text();
      const found = await site.search(site.keys.ann.key, 'user=nina@example.com&session=tuesday');
      expect(found.map(({ event }) => event)).toEqual(['llm.response', 'llm.request']);
      expect(JSON.stringify(found)).not.toMatch(/nina|tuesday|real question/);
      const told = await site.get(site.keys.ann.key, '/requests/really-made');
      expect(told.body['calls']).toMatchObject([{ outcome: 'answered', entries: [{}, {}] }]);
      const { entry_id } = found[1] as ReviewEntry;
      const asked = await site.post(site.keys.ann.key, `/entries/${entry_id}/reveal`, { reason: 'a look' });
      await site.post(site.keys.ben.key, `/approvals/${asked.body['approval']}/approve`);
      const shown = await site.post(site.keys.ann.key, `/entries/${entry_id}/reveal`, { reason: 'a look' });
      expect(JSON.stringify(shown.body['content'])).toContain('the real question');
    });

    it.each(['model=%00', 'request_id=a%00', 'cursor=9999999999999999', 'min_cost_usd=', 'from=yesterday'])(
      'nothing, and say what is wrong, when asked for %s',
      async (query) => {
        const { status, body } = await site.get(site.keys.ann.key, `/entries?${query}`);
        expect([status, body['param']]).toEqual([400, query.split('=')[0]]);
      },
    );

    it('page by page, newest first', async () => {
      const [first] = await site.search(site.keys.ann.key, 'event=llm.*&limit=1');
      const page = await site.get(site.keys.ann.key, '/entries?event=llm.*&limit=1');
      const next = await site.get(site.keys.ann.key, `/entries?event=llm.*&limit=1&cursor=${page.body['next_cursor']}`);
      expect(next.body['data'][0].index).toBeLessThan(first?.index as number);
    });

    it('and leave an entry before they are answered', async () => {
      await site.search(site.keys.ann.key, 'user=alice&outcome=answered');
      const entry = await site.newest('audit.query');
      expect(entry).toMatchObject({
        actor: site.keys.ann.id,
        tenant: site.acme,
        metadata: { count: 1, filter: { outcome: 'answered' } },
      });
      expect(JSON.stringify(entry)).not.toContain('alice');
    });

    it.each([
      ['ann', 'GET', 'entries/0', 'entry'],
      ['ann', 'GET', `entries/${NO_ID}`, 'entry'],
      ['client', 'GET', `proofs/${NO_ID}`, 'entry'],
      ['ann', 'GET', `exports/${NO_ID}`, 'export'],
      ['boss', 'DELETE', `holds/${NO_ID}`, 'hold'],
    ] as const)('nothing unseen where there is nothing for them: %s %s %s', async (who, method, path, what) => {
      const before = (await site.newest('audit.query'))?.index ?? -1;
      expect((await site.call(site.keys[who].key, method, `/audit/${path}`)).status).toBe(404);
      const entry = await site.newest('audit.query');
      expect(entry).toMatchObject({ actor: site.keys[who].id, tenant: site.acme, metadata: { what, found: false } });
      expect(entry?.index).toBeGreaterThan(before);
      expect(JSON.stringify(entry)).not.toContain(NO_ID);
    });

    it('nothing of another tenant', async () => {
      const theirs = await site.interaction(site.rival, 'mallory');
      expect(await site.search(site.keys.ann.key, `request_id=${theirs.request_id}`)).toEqual([]);
      expect((await site.get(site.keys.ann.key, `/entries?tenant=${site.rival}`)).status).toBe(404);
      expect((await site.get(site.keys.ann.key, `/entries/${theirs.asked}`)).status).toBe(404);
      const { index } = (await site.get(site.keys.spy.key, `/entries/${theirs.asked}`)).body;
      expect((await site.get(site.keys.ann.key, `/entries/${index}`)).status).toBe(404);
      expect((await site.get(site.keys.ann.key, '/entries/0')).status).toBe(404);
      expect((await site.get(site.keys.ann.key, `/requests/${theirs.request_id}`)).status).toBe(404);
      expect((await site.get(site.keys.ann.key, '/requests/%00')).status).toBe(404);
      expect(
        (await site.post(site.keys.ann.key, `/entries/${theirs.asked}/reveal`, { reason: 'curious' })).status,
      ).toBe(404);
      expect((await site.get(site.keys.ann.key, `/proofs/${theirs.asked}`)).status).toBe(404);
      expect((await site.get(site.keys.ann.key, '/tile/0/000')).status).toBe(403);
      expect(
        (await site.post(site.keys.ann.key, '/samples', { filters: { tenant: site.rival }, size: 1 })).status,
      ).toBe(404);
      const nul = await site.post(site.keys.ann.key, '/samples', { filters: { model: 'a\u0000' }, size: 1 });
      expect([nul.status, nul.body['param']]).toEqual([400, 'filters.model']);
      expect((await site.search(site.keys.officer.key, `tenant=${site.rival}&user=mallory`)).length).toBe(2);
      expect(await site.search(site.keys.officer.key, 'user=mallory')).toEqual([]);
      expect((await site.get(site.keys.client.key, '/entries')).status).toBe(403);
    });

    it('one call with everything about it', async () => {
      const one = await site.interaction(site.acme, 'carol');
      await site.signed();
      const { body: told } = await site.get(site.keys.ann.key, `/requests/${one.request_id}`);
      expect(told['calls'][0].entries.every(({ proof }: { proof: unknown }) => proof)).toBe(true);
      expect(told['calls']).toHaveLength(1);
      expect(told['calls'][0]).toMatchObject({
        tenant: site.acme,
        outcome: 'answered',
        model_resolved: 'sandbox/echo',
        cost_usd: '0.001500',
        flags: ['degraded.stale'],
        policy: { pii: 'abc' },
        attempts: 1,
        entries: [
          { header: { event: 'llm.request' }, content: 'kept' },
          { header: { event: 'llm.response' }, content: 'kept' },
        ],
      });
    });
  });

  describe('read content', () => {
    const reason = { reason: 'complaint of a customer', ticket: 'OPS-7' };

    it('with a second person only, and what was agreed to only', async () => {
      const [one, other] = [await site.interaction(site.acme, 'dora'), await site.interaction(site.acme, 'dora')];
      const asked = await site.post(site.keys.ann.key, `/entries/${one.asked}/reveal`, reason);
      expect([asked.status, asked.body['status']]).toEqual([202, 'pending']);
      const { approval } = asked.body;
      expect((await site.post(site.keys.ann.key, `/entries/${one.asked}/reveal`, reason)).body['approval']).toBe(
        approval,
      );
      // not by oneself, not by another tenant, not by a client
      expect((await site.post(site.keys.ann.key, `/approvals/${approval}/approve`)).status).toBe(403);
      expect((await site.post(site.keys.spy.key, `/approvals/${approval}/approve`)).status).toBe(404);
      expect((await site.post(site.keys.client.key, `/approvals/${approval}/approve`)).status).toBe(403);
      const open = await site.get(site.keys.ben.key, '/approvals?status=open');
      expect(open.body['data']).toContainEqual(
        expect.objectContaining({ id: approval, ...reason, targets: [one.asked] }),
      );
      expect((await site.post(site.keys.ben.key, `/approvals/${approval}/approve`)).body['status']).toBe('approved');
      expect((await site.post(site.keys.ben.key, `/approvals/${approval}/deny`)).status).toBe(409);

      const shown = await site.post(site.keys.ann.key, `/entries/${one.asked}/reveal`, reason);
      expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(shown.body['content'].request.body.messages[0].content).toBe('my secret question');
      expect(await site.newest('audit.reveal')).toMatchObject({
        entry_id: shown.body['recorded_as'],
        actor: site.keys.ann.id,
        metadata: { entry: one.asked, approval },
      });
      // it is neither for another entry nor for another key, nor for another reason
      const other_reason = { ...reason, reason: 'something else altogether' };
      expect((await site.post(site.keys.ann.key, `/entries/${one.asked}/reveal`, other_reason)).status).toBe(202);
      expect((await site.post(site.keys.ann.key, `/entries/${other.asked}/reveal`, reason)).status).toBe(202);
      expect((await site.post(site.keys.ben.key, `/entries/${one.asked}/reveal`, reason)).status).toBe(202);
    });

    it('not when that was denied, nor after the approval has expired', async () => {
      const one = await site.interaction(site.acme, 'dora');
      const ask = () => site.post(site.keys.ann.key, `/entries/${one.answered}/reveal`, reason);
      const denied = (await ask()).body['approval'];
      expect(
        (await site.post(site.keys.ben.key, `/approvals/${denied}/deny`, { comment: 'no need' })).body['status'],
      ).toBe('denied');
      const again = (await ask()).body['approval'];
      expect(again).not.toBe(denied);
      await site.post(site.keys.ben.key, `/approvals/${again}/approve`);
      expect((await ask()).status).toBe(200);
      await site.admin.query(`update audit_approvals set expires_at = now() - interval '1 second' where id = $1`, [
        again,
      ]);
      const late = await ask();
      expect([late.status, late.body['approval'] === again]).toEqual([202, false]);
      const pending = late.body['approval'];
      await site.admin.query(`update audit_approvals set expires_at = now() - interval '1 second' where id = $1`, [
        pending,
      ]);
      expect((await site.post(site.keys.ben.key, `/approvals/${pending}/approve`)).status).toBe(409);
    });

    it('alone by breaking the glass, which somebody else looks back at', async () => {
      const one = await site.interaction(site.acme, 'erin');
      const break_glass = true;
      expect(
        (await site.post(site.keys.ann.key, `/entries/${one.answered}/reveal`, { ...reason, break_glass })).status,
      ).toBe(403);
      const shown = await site.post(site.keys.boss.key, `/entries/${one.answered}/reveal`, { ...reason, break_glass });
      expect(shown.body['content'].response.choices[0].text).toBe('the answer');
      expect(await site.newest('audit.break_glass')).toMatchObject({
        actor: site.keys.boss.id,
        compliance_flags: ['audit.break_glass'],
      });
      await until(() => /"level":"warn".*"break-glass"/.test(site.gateway.logs()) || undefined);
      const { review } = shown.body;
      const open = await site.get(site.keys.ann.key, '/reviews?status=open');
      expect(open.body['data']).toContainEqual(
        expect.objectContaining({ id: review, entry: one.answered, closed_at: null }),
      );
      expect((await site.post(site.keys.boss.key, `/reviews/${review}`, { finding: 'all well' })).status).toBe(403);
      expect((await site.post(site.keys.spy.key, `/reviews/${review}`, { finding: 'all well' })).status).toBe(404);
      const closed = await site.post(site.keys.ann.key, `/reviews/${review}`, { finding: 'all well' });
      expect([closed.status, closed.body['finding']]).toEqual([200, 'all well']);
      expect((await site.post(site.keys.ben.key, `/reviews/${review}`, { finding: 'again' })).status).toBe(409);
      expect(await site.newest('audit.review')).toMatchObject({ actor: site.keys.ann.id, metadata: { review } });
    });

    it('and what they wrote stands nowhere in plain', async () => {
      const { rows } = await site.admin.query<{ text: string }>(
        `select t::text as text from audit_approvals t union all select t::text from audit_reviews t
         union all select headers from audit.headers`,
      );
      const all = rows.map(({ text }) => text).join('\n');
      for (const word of ['complaint', 'OPS-7', 'all well', 'no need', 'my secret', 'dora'])
        expect(all).not.toContain(word);
    });
  });

  it('draw samples that anybody can draw again', async () => {
    for (let i = 0; i < 5; i++) await site.interaction(site.acme, 'fred');
    const drawn = await site.post(site.keys.ann.key, '/samples', {
      filters: { event: 'llm.*', user: 'fred' },
      size: 4,
    });
    const { seed, first, last, population, data } = drawn.body;
    expect([drawn.status, population, data.length]).toEqual([200, 10, 4]);
    const again = await site.post(site.keys.ben.key, '/samples', {
      first,
      last,
      seed,
      size: 4,
      filters: { event: 'llm.*', user: 'fred' },
    });
    expect(again.body['data']).toEqual(data);
    const rank = (index: number) =>
      createHash('sha256').update(`gatehouse-audit-sample/v1\n${seed}\n${index}`).digest('hex');
    const all = (await site.search(site.keys.ann.key, 'event=llm.*&user=fred')).map(({ index }) => index);
    const lowest = all
      .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
      .slice(0, 4)
      .toSorted((a, b) => a - b);
    expect(data.map(({ index }: ReviewEntry) => index)).toEqual(lowest);
    expect(await site.newest('audit.sample')).toMatchObject({ metadata: { seed, first, last, seed_given: true } });
  });

  describe('prove', () => {
    it('that an entry is in the log, to whoever made the call', async () => {
      const one = await site.interaction(site.acme, 'gina');
      await site.signed();
      const vkeys = (await site.get(site.keys.client.key, '/vkey')).text.trim().split('\n').map(parseVkey);
      for (const key of [site.keys.ann.key, site.keys.client.key]) {
        const answer = await site.get(key, `/proofs/${one.answered}`);
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
        const { index, hashes, extra, checkpoint } = parseTlogProof(answer.text);
        expect(JSON.parse(String(extra))).toMatchObject({ entry_id: one.answered });
        expect(verifyInclusion(index, checkpoint.size, leafHash(extra as Buffer), hashes, checkpoint.root)).toBe(true);
        expect(verifyNote(checkpoint.note, vkeys)).toHaveLength(1);
      }
      expect((await site.newest('audit.proof'))?.actor).toBe(site.keys.client.id);
      const others = await site.interaction(site.rival, 'mallory', { actor: site.keys.spy.id });
      await site.signed();
      expect((await site.get(site.keys.client.key, `/proofs/${others.answered}`)).status).toBe(404);
      expect((await site.get(site.keys.client.key, '/checkpoint')).status).toBe(403);
    });

    it('the whole tree with its tiles', async () => {
      const head = parseCheckpoint((await site.get(site.keys.officer.key, '/checkpoint')).text);
      const width = Math.min(256, head.size);
      const path = `000${width < 256 ? `.p/${width}` : ''}`;
      const bytes = async (tile: string) => {
        const response = await fetch(`${site.gateway.url}/v1/audit/tile/${tile}`, {
          headers: { authorization: `Bearer ${site.keys.officer.key}` },
        });
        expect([tile, response.status]).toEqual([tile, 200]);
        return Buffer.from(await response.arrayBuffer());
      };
      const [hashes, entries] = [await bytes(`0/${path}`), await bytes(`entries/${path}`)];
      expect(hashes).toHaveLength(32 * width);
      const first = entries.subarray(2, 2 + entries.readUInt16BE(0));
      expect(rawLeafHash(first)).toEqual(hashes.subarray(0, 32));
      expect((await site.get(site.keys.officer.key, '/tile/0/999')).status).toBe(404);
      expect((await site.get(site.keys.officer.key, '/tile/../checkpoint')).status).not.toBe(500);
    });

    it('how well it is kept', async () => {
      const { status, body } = await site.get(site.keys.ann.key, '/status');
      expect(status).toBe(200);
      expect(body).toMatchObject({ mode: 'strict', trouble: null, security: { problems: [] } });
      expect(body['checkpoint'].size).toBeGreaterThan(10);
      expect((await site.get(site.keys.client.key, '/status')).status).toBe(403);
    });

    it('by verifying what is there', async () => {
      const result = await site.post(site.keys.officer.key, '/verify');
      expect(result.body).toMatchObject({ status: 'ok', first_bad_index: null, problems: [] });
      expect(result.body['checked']).toBeGreaterThanOrEqual(result.body['size']);
      expect(await site.newest('audit.verify')).toMatchObject({ actor: site.keys.officer.id, metadata: { ok: true } });
      expect(await (await fetch(`${site.gateway.url}/metrics`)).text()).toMatch(/^audit_verify_ok 1$/m);
      expect((await site.post(site.keys.ann.key, '/verify')).status).toBe(403);
      expect((await site.get(site.keys.officer.key, '/verifications')).body['data'][0].id).toBe(result.body['id']);
    });

    it.each([
      ['retention', '/retention'],
      ['verifications', '/verifications'],
      ['rotations', '/keys/rotations'],
      ['exports', '/exports'],
    ])('nothing about it without an entry that tells of it: %s', async (what, path) => {
      const before = (await site.newest('audit.query'))?.index;
      expect((await site.get(site.keys.officer.key, path)).status).toBe(200);
      const entry = await site.newest('audit.query');
      expect(entry).toMatchObject({ actor: site.keys.officer.id, metadata: { what } });
      expect(entry?.index).toBeGreaterThan(before ?? -1);
    });

    it('where it stands without one: a checkpoint is there to be published', async () => {
      const before = (await site.newest('audit.query'))?.index;
      expect((await site.get(site.keys.officer.key, '/checkpoint')).status).toBe(200);
      expect((await site.get(site.keys.officer.key, '/vkey')).status).toBe(200);
      expect((await site.newest('audit.query'))?.index).toBe(before);
    });
  });

  describe('export', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-export-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    async function download(key: string, body: object, status = 200) {
      const response = await fetch(`${site.gateway.url}/v1/audit/exports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect([response.status, response.status === status ? '' : bytes.toString()]).toEqual([status, '']);
      return { bytes, headers: response.headers, id: response.headers.get('x-gatehouse-export') as string };
    }
    async function verified(bytes: Buffer, ...args: string[]) {
      const file = join(folder, 'bundle.tar');
      writeFileSync(file, bytes);
      const vkey = (await site.get(site.keys.ann.key, '/vkey')).text
        .trim()
        .split('\n')
        .flatMap((key) => ['--vkey', key]);
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [resolve(__dirname, '../../dist/verify-audit.js'), file, ...vkey, '--json', ...args],
        { encoding: 'utf8' },
      );
      if (!stdout) throw new Error(stderr);
      const report = JSON.parse(stdout) as Report;
      return { status, report, failures: report.findings.filter(({ severity }) => severity === 'failure') };
    }
    const marks = async (id: string) => {
      const found = await site.search(site.keys.officer.key, 'event=audit.export&limit=200');
      return found.filter(({ metadata }) => metadata['export'] === id).map(({ metadata }) => metadata);
    };

    it('the whole log, which anybody verifies without the gateway', async () => {
      await site.signed();
      const { bytes, id, headers } = await download(site.keys.officer.key, {
        format: 'bundle',
        include_payloads: true,
      });
      expect(headers.get('content-disposition')).toContain(id);
      const { report, failures } = await verified(bytes, '--whole');
      expect(failures).toEqual([]);
      expect(report.verdict).toBe('verified');
      expect(report.entries.shown).toBe(report.size);
      expect(report.content.intact).toBeGreaterThan(10);
      const [end, start] = await marks(id);
      expect(start).toMatchObject({ format: 'bundle', include_payloads: true });
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(end).toMatchObject({ sha256, bytes: bytes.length, entries: report.size });
      const told = await site.get(site.keys.officer.key, `/exports/${id}`);
      expect(told.body).toMatchObject({ status: 'complete', sha256, entries: report.size });
      expect(bytes.toString('latin1')).toContain(site.keys.officer.id);
    });

    it('what a tenant may see, with a proof for each entry', async () => {
      const { bytes } = await download(site.keys.ann.key, { format: 'bundle', filters: { event: 'llm.*' } });
      const { report, failures } = await verified(bytes);
      expect([report.verdict, failures]).toEqual(['verified', []]);
      expect(Object.keys(report.events).toSorted()).toEqual(['llm.request', 'llm.response']);
      expect(bytes.toString('latin1')).not.toContain(site.rival);
      expect(
        (await download(site.keys.ann.key, { format: 'ndjson', filters: { tenant: site.rival } }, 404)).id,
      ).toBeNull();
    });

    it('with the keys of exactly these entries, when somebody agrees', async () => {
      await site.interaction(site.acme, 'hugo', {}, 'opened by the court');
      await site.signed();
      const body = {
        format: 'bundle',
        disclose_keys: true,
        reason: 'court order 12',
        filters: { user: 'hugo' },
      };
      const asked = JSON.parse((await download(site.keys.ann.key, body, 202)).bytes.toString()) as { approval: string };
      const agreed = await site.post(site.keys.ben.key, `/approvals/${asked.approval}/approve`);
      expect(agreed.status).toBe(200);
      // nor to what nobody had seen then
      const later = await site.interaction(site.acme, 'hugo', {}, 'said afterwards');
      await site.signed();
      const last = (await site.search(site.keys.ann.key, `request_id=${later.request_id}`)).at(-1)?.index;
      expect(agreed.body['log_size']).toBeLessThanOrEqual(last as number);
      expect(await site.newest('approval.grant')).toMatchObject({ metadata: { log_size: agreed.body['log_size'] } });
      // agreed to for this request only
      const wider = { ...body, filters: { event: 'llm.*' } };
      await download(site.keys.ann.key, wider, 202);
      const { bytes } = await download(site.keys.ann.key, body);
      const content = join(folder, 'content.ndjson');
      const { report, failures } = await verified(bytes, '--content', content);
      expect(failures.filter(({ code }) => code !== 'prompt' && code !== 'response')).toEqual([]);
      expect([report.entries.shown, report.content.opened]).toEqual([4, 2]);
      expect(readFileSync(content, 'utf8')).toContain('opened by the court');
      expect(readFileSync(content, 'utf8')).not.toContain('said afterwards');
      // once
      await download(site.keys.ann.key, body, 202);
    });

    it('and shows that a real call was what was committed to', async () => {
      const body = {
        format: 'bundle',
        disclose_keys: true,
        reason: 'to check',
        filters: { request_id: 'really-made', event: 'llm.*' },
      };
      const asked = JSON.parse((await download(site.keys.ann.key, body, 202)).bytes.toString()) as { approval: string };
      await site.post(site.keys.ben.key, `/approvals/${asked.approval}/approve`);
      const { report, failures } = await verified((await download(site.keys.ann.key, body)).bytes);
      expect([failures, report.content.opened]).toEqual([[], 2]);
    });

    it('as lines, and as OCSF', async () => {
      const ndjson = (await download(site.keys.ann.key, { format: 'ndjson', filters: { event: 'llm.response' } }))
        .bytes;
      const [mark, ...lines] = ndjson
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(mark).toMatchObject({ actor: site.keys.ann.id, tenant: site.acme });
      const found = await site.search(site.keys.ann.key, 'event=llm.response&limit=200');
      expect(lines.map(({ index }) => index).toReversed()).toEqual(found.map(({ index }) => index));
      const ocsf = (await download(site.keys.ann.key, { format: 'ocsf', filters: { user: 'gina' } })).bytes
        .toString()
        .trim()
        .split('\n');
      expect(ocsf).toHaveLength(2);
      expect(JSON.parse(ocsf[1] as string)).toMatchObject({
        class_uid: 6003,
        metadata: { event_code: 'llm.response' },
      });
    });
  });

  it('have the night’s verification that was cut short begun anew', async () => {
    const id = randomUUID();
    await site.admin.query(
      `insert into audit_verifications (id, day, size, started_at, heard_at)
       values ($1, (now() at time zone 'UTC')::date, 1, now() - interval '3 minutes', now() - interval '2 minutes')`,
      [id],
    );
    site.gateway.configure('gatehouse', `audit: { checkpointMs: 200, verifyAt: '00:00' }`);
    await site.replaceWriters();
    const found = await until(async () => {
      const { body } = await site.get(site.keys.officer.key, `/verifications/${id}`);
      return body['ended_at'] === null ? undefined : body;
    }, 50_000);
    expect(found).toMatchObject({ status: 'ok', started_by: null, problems: [] });
    expect(found['size']).toBeGreaterThan(1);
  }, 90_000);
});
