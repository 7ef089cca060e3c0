import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { parseCheckpoint } from '../../src/features/audit/format/checkpoint';
import { leafHash, rawLeafHash } from '../../src/features/audit/format/hashes';
import { verifyNote } from '../../src/features/audit/format/note';
import { verifyInclusion } from '../../src/features/audit/format/proofs';
import { parseTlogProof } from '../../src/features/audit/format/tlog-proof';
import { parseVkey } from '../../src/features/audit/format/vkey';
import type { Report } from '../../src/features/audit/verifier/report';
import type { Draft } from '../../src/features/audit/audit-log';
import { AuditReplica } from '../support/audit-replica';
import { until } from '../support/ask';
import { Cable } from '../support/cable';
import { testDatabase, type TestDatabase } from '../support/database';
import { type Gateway, startGateway } from '../support/gateway';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
}
interface Entry {
  readonly index: number;
  readonly entry_id: string;
  readonly event: string;
  readonly actor?: string;
  readonly metadata: Record<string, unknown>;
  readonly [name: string]: unknown;
}

const masterKey = randomBytes(32);
const ROOT = `gh_${randomBytes(32).toString('base64url')}`;
const settings = 'audit: { approvalHours: 1, checkpointMs: 200 }';

describe('those who review the audit log', () => {
  let database: TestDatabase;
  let cable: Cable;
  let gateway: Gateway;
  let replica: AuditReplica;
  let admin: Client;
  let acme: string;
  let rival: string;
  const keys: Record<'ann' | 'ben' | 'officer' | 'chief' | 'client' | 'spy' | 'boss', { id: string; key: string }> =
    {} as never;

  async function call(key: string, method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${gateway.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json =
      /json/.test(response.headers.get('content-type') ?? '') &&
      !/ndjson/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : {} };
  }
  const get = (key: string, path: string) => call(key, 'GET', `/audit${path}`);
  const post = (key: string, path: string, body: object = {}) => call(key, 'POST', `/audit${path}`, body);
  const newKey = async (name: string, tenant: string | undefined, roles: string[]) =>
    (await call(ROOT, 'POST', '/keys', { name, roles, ...(tenant && { tenant }) })).body as unknown as {
      id: string;
      key: string;
    };
  const search = async (key: string, query: string) => {
    const answer = await get(key, `/entries?${query}`);
    expect([query, answer.status]).toEqual([query, 200]);
    return answer.body['data'] as Entry[];
  };

  /** More entries than a tile has. */
  async function fill(): Promise<void> {
    const draft: Draft = { facts: { event: 'access.login', tenant: acme } };
    for (let i = 0; i < 3; i++) await replica.log.append(draft, ...Array.from({ length: 99 }, () => draft));
  }

  /** A checkpoint covers everything that is there now. */
  async function signed(): Promise<void> {
    const { rows } = await admin.query<{ size: string }>('select max(first_index + n) as size from audit.batches');
    await until(async () => {
      const { rows: heads } = await admin.query<{ size: string }>('select max(size) as size from audit.checkpoints');
      return Number(heads[0]?.size) >= Number(rows[0]?.size) || undefined;
    }, 5_000);
  }

  /** Whatever the log says, read past the gateway. */
  async function newest(event: string): Promise<Entry | undefined> {
    const { rows } = await admin.query<{ headers: string; first_index: string }>(
      'select first_index, headers from audit.headers order by first_index desc limit 200',
    );
    for (const { headers, first_index } of rows)
      for (const [i, text] of headers.split('\n').entries()) {
        const header = JSON.parse(text) as Entry;
        if (header.event === event) return { ...header, index: Number(first_index) + i };
      }
    return undefined;
  }

  /** One call of a person, as the pipeline writes it down. */
  async function interaction(tenant: string, user: string, facts: Partial<Draft['facts']> = {}, said = 'the answer') {
    const subject = await replica.keys.subjects.reference(tenant, user);
    const common = {
      tenant,
      actor: keys.client.id,
      user_id: subject,
      request_id: `r-${randomBytes(4).toString('hex')}`,
    };
    const [asked] = await replica.log.append({
      subject,
      facts: { event: 'llm.request', model: 'fast', ...common, ...facts },
      payload: { request: { body: { messages: [{ role: 'user', content: 'my secret question' }] } } },
      commit: { prompt: 'p' },
    });
    const [answered] = await replica.log.append({
      subject,
      facts: {
        event: 'llm.response',
        model: 'fast',
        model_resolved: 'sandbox/echo',
        provider: 'sandbox',
        outcome: 'answered',
        cost_micros: '1500',
        compliance_flags: ['degraded.stale'],
        metadata: { attempts: 1 },
        parent: asked?.entryId as string,
        policy: { pii: 'abc' },
        ...common,
        ...facts,
      },
      payload: { response: { choices: [{ text: said }] } },
      commit: { response: said },
    });
    return { ...common, asked: asked?.entryId as string, answered: answered?.entryId as string };
  }

  beforeAll(async () => {
    database = await testDatabase();
    cable = await Cable.to(new URL(database.url));
    const env = {
      DATABASE_URL: cable.through(new URL(database.url)),
      GATEHOUSE_ROOT_KEY: ROOT,
      GATEHOUSE_MASTER_KEY: masterKey.toString('base64'),
    };
    gateway = await startGateway({ env, settings });
    replica = await AuditReplica.join(database.url, masterKey);
    const url = new URL(process.env['GATEHOUSE_TEST_SERVER'] ?? '');
    url.pathname = new URL(database.url).pathname;
    admin = new Client(url.href);
    await admin.connect();
    acme = (await call(ROOT, 'POST', '/tenants', { name: 'acme' })).body['id'] as string;
    rival = (await call(ROOT, 'POST', '/tenants', { name: 'rival' })).body['id'] as string;
    keys.ann = await newKey('ann', acme, ['auditor']);
    keys.ben = await newKey('ben', acme, ['auditor']);
    keys.officer = await newKey('officer', undefined, ['admin', 'auditor']);
    keys.chief = await newKey('chief', undefined, ['admin', 'auditor']);
    keys.boss = await newKey('boss', acme, ['admin', 'auditor']);
    keys.client = await newKey('client', acme, ['client']);
    keys.spy = await newKey('spy', rival, ['auditor', 'admin']);
  }, 60_000);
  afterAll(async () => {
    await replica?.close();
    await admin?.end();
    await gateway?.close();
    cable?.close();
    await database?.drop();
  });

  describe('find', () => {
    it('entries by whatever is known of them', async () => {
      const one = await interaction(acme, 'alice', { session: 'unused' });
      const ref = one.user_id;
      const found = async (query: string) => (await search(keys.ann.key, query)).map(({ entry_id }) => entry_id);
      const both = [one.answered, one.asked];
      expect(await found(`request_id=${one.request_id}`)).toEqual(both);
      for (const query of [
        'user=alice',
        `user=alice&event=llm.*`,
        'user=alice&from=2020-01-01T00:00:00Z&to=2120-01-01T00:00:00Z',
        `user=alice&tenant=${acme}`,
        'user=alice&model=fast',
        `user=alice&key=${keys.client.id}`,
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
      const made = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${keys.client.key}`,
          'content-type': 'application/json',
          'x-user-id': 'nina@example.com',
          'x-session-id': 'tuesday',
          'x-request-id': 'really-made',
        },
        body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'the real question' }] }),
      });
      expect(made.status).toBe(200);
      await made.text();
      const found = await search(keys.ann.key, 'user=nina@example.com&session=tuesday');
      expect(found.map(({ event }) => event)).toEqual(['llm.response', 'llm.request']);
      expect(JSON.stringify(found)).not.toMatch(/nina|tuesday|real question/);
      const told = await get(keys.ann.key, '/requests/really-made');
      expect(told.body['calls']).toMatchObject([{ outcome: 'answered', entries: [{}, {}] }]);
      const { entry_id } = found[1] as Entry;
      const asked = await post(keys.ann.key, `/entries/${entry_id}/reveal`, { reason: 'a look' });
      await post(keys.ben.key, `/approvals/${asked.body['approval']}/approve`);
      const shown = await post(keys.ann.key, `/entries/${entry_id}/reveal`, { reason: 'a look' });
      expect(JSON.stringify(shown.body['content'])).toContain('the real question');
    });

    it('page by page, newest first', async () => {
      const [first] = await search(keys.ann.key, 'event=llm.*&limit=1');
      const page = await get(keys.ann.key, '/entries?event=llm.*&limit=1');
      const next = await get(keys.ann.key, `/entries?event=llm.*&limit=1&cursor=${page.body['next_cursor']}`);
      expect(next.body['data'][0].index).toBeLessThan(first?.index as number);
    });

    it('and leave an entry before they are answered', async () => {
      await search(keys.ann.key, 'user=alice&outcome=answered');
      const entry = await newest('audit.query');
      expect(entry).toMatchObject({
        actor: keys.ann.id,
        tenant: acme,
        metadata: { count: 1, filter: { outcome: 'answered' } },
      });
      expect(JSON.stringify(entry)).not.toContain('alice');
    });

    it('nothing of another tenant', async () => {
      const theirs = await interaction(rival, 'mallory');
      expect(await search(keys.ann.key, `request_id=${theirs.request_id}`)).toEqual([]);
      expect((await get(keys.ann.key, `/entries?tenant=${rival}`)).status).toBe(404);
      expect((await get(keys.ann.key, `/entries/${theirs.asked}`)).status).toBe(404);
      const { index } = (await get(keys.spy.key, `/entries/${theirs.asked}`)).body;
      expect((await get(keys.ann.key, `/entries/${index}`)).status).toBe(404);
      expect((await get(keys.ann.key, '/entries/0')).status).toBe(404);
      expect((await get(keys.ann.key, `/requests/${theirs.request_id}`)).status).toBe(404);
      expect((await post(keys.ann.key, `/entries/${theirs.asked}/reveal`, { reason: 'curious' })).status).toBe(404);
      expect((await get(keys.ann.key, `/proofs/${theirs.asked}`)).status).toBe(404);
      expect((await get(keys.ann.key, '/tile/0/000')).status).toBe(403);
      expect((await post(keys.ann.key, '/samples', { filters: { tenant: rival }, size: 1 })).status).toBe(404);
      expect((await search(keys.officer.key, `tenant=${rival}&user=mallory`)).length).toBe(2);
      expect(await search(keys.officer.key, 'user=mallory')).toEqual([]);
      expect((await get(keys.client.key, '/entries')).status).toBe(403);
    });

    it('one call with everything about it', async () => {
      const one = await interaction(acme, 'carol');
      await signed();
      const { body: told } = await get(keys.ann.key, `/requests/${one.request_id}`);
      expect(told['calls'][0].entries.every(({ proof }: { proof: unknown }) => proof)).toBe(true);
      expect(told['calls']).toHaveLength(1);
      expect(told['calls'][0]).toMatchObject({
        tenant: acme,
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
      const [one, other] = [await interaction(acme, 'dora'), await interaction(acme, 'dora')];
      const asked = await post(keys.ann.key, `/entries/${one.asked}/reveal`, reason);
      expect([asked.status, asked.body['status']]).toEqual([202, 'pending']);
      const { approval } = asked.body;
      expect((await post(keys.ann.key, `/entries/${one.asked}/reveal`, reason)).body['approval']).toBe(approval);
      // not by oneself, not by another tenant, not by a client
      expect((await post(keys.ann.key, `/approvals/${approval}/approve`)).status).toBe(403);
      expect((await post(keys.spy.key, `/approvals/${approval}/approve`)).status).toBe(404);
      expect((await post(keys.client.key, `/approvals/${approval}/approve`)).status).toBe(403);
      const open = await get(keys.ben.key, '/approvals?status=open');
      expect(open.body['data']).toContainEqual(
        expect.objectContaining({ id: approval, ...reason, targets: [one.asked] }),
      );
      expect((await post(keys.ben.key, `/approvals/${approval}/approve`)).body['status']).toBe('approved');
      expect((await post(keys.ben.key, `/approvals/${approval}/deny`)).status).toBe(409);

      const shown = await post(keys.ann.key, `/entries/${one.asked}/reveal`, reason);
      expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(shown.body['content'].request.body.messages[0].content).toBe('my secret question');
      expect(await newest('audit.reveal')).toMatchObject({
        entry_id: shown.body['recorded_as'],
        actor: keys.ann.id,
        metadata: { entry: one.asked, approval },
      });
      // it is neither for another entry nor for another key
      expect((await post(keys.ann.key, `/entries/${other.asked}/reveal`, reason)).status).toBe(202);
      expect((await post(keys.ben.key, `/entries/${one.asked}/reveal`, reason)).status).toBe(202);
    });

    it('not when that was denied, nor after the approval has expired', async () => {
      const one = await interaction(acme, 'dora');
      const ask = () => post(keys.ann.key, `/entries/${one.answered}/reveal`, reason);
      const denied = (await ask()).body['approval'];
      expect((await post(keys.ben.key, `/approvals/${denied}/deny`, { comment: 'no need' })).body['status']).toBe(
        'denied',
      );
      const again = (await ask()).body['approval'];
      expect(again).not.toBe(denied);
      await post(keys.ben.key, `/approvals/${again}/approve`);
      expect((await ask()).status).toBe(200);
      await admin.query(`update audit_approvals set expires_at = now() - interval '1 second' where id = $1`, [again]);
      const late = await ask();
      expect([late.status, late.body['approval'] === again]).toEqual([202, false]);
      const pending = late.body['approval'];
      await admin.query(`update audit_approvals set expires_at = now() - interval '1 second' where id = $1`, [pending]);
      expect((await post(keys.ben.key, `/approvals/${pending}/approve`)).status).toBe(409);
    });

    it('alone by breaking the glass, which somebody else looks back at', async () => {
      const one = await interaction(acme, 'erin');
      const break_glass = true;
      expect((await post(keys.ann.key, `/entries/${one.answered}/reveal`, { ...reason, break_glass })).status).toBe(
        403,
      );
      const shown = await post(keys.boss.key, `/entries/${one.answered}/reveal`, { ...reason, break_glass });
      expect(shown.body['content'].response.choices[0].text).toBe('the answer');
      expect(await newest('audit.break_glass')).toMatchObject({
        actor: keys.boss.id,
        compliance_flags: ['audit.break_glass'],
      });
      await until(() => /"level":"warn".*"break-glass"/.test(gateway.logs()) || undefined);
      const { review } = shown.body;
      const open = await get(keys.ann.key, '/reviews?status=open');
      expect(open.body['data']).toContainEqual(
        expect.objectContaining({ id: review, entry: one.answered, closed_at: null }),
      );
      expect((await post(keys.boss.key, `/reviews/${review}`, { finding: 'all well' })).status).toBe(403);
      expect((await post(keys.spy.key, `/reviews/${review}`, { finding: 'all well' })).status).toBe(404);
      const closed = await post(keys.ann.key, `/reviews/${review}`, { finding: 'all well' });
      expect([closed.status, closed.body['finding']]).toEqual([200, 'all well']);
      expect((await post(keys.ben.key, `/reviews/${review}`, { finding: 'again' })).status).toBe(409);
      expect(await newest('audit.review')).toMatchObject({ actor: keys.ann.id, metadata: { review } });
    });

    it('and what they wrote stands nowhere in plain', async () => {
      const { rows } = await admin.query<{ text: string }>(
        `select t::text as text from audit_approvals t union all select t::text from audit_reviews t
         union all select headers from audit.headers`,
      );
      const all = rows.map(({ text }) => text).join('\n');
      for (const word of ['complaint', 'OPS-7', 'all well', 'no need', 'my secret', 'dora'])
        expect(all).not.toContain(word);
    });
  });

  it('draw samples that anybody can draw again', async () => {
    for (let i = 0; i < 5; i++) await interaction(acme, 'fred');
    const drawn = await post(keys.ann.key, '/samples', { filters: { event: 'llm.*', user: 'fred' }, size: 4 });
    const { seed, first, last, population, data } = drawn.body;
    expect([drawn.status, population, data.length]).toEqual([200, 10, 4]);
    const again = await post(keys.ben.key, '/samples', {
      first,
      last,
      seed,
      size: 4,
      filters: { event: 'llm.*', user: 'fred' },
    });
    expect(again.body['data']).toEqual(data);
    const rank = (index: number) =>
      createHash('sha256').update(`gatehouse-audit-sample/v1\n${seed}\n${index}`).digest('hex');
    const all = (await search(keys.ann.key, 'event=llm.*&user=fred')).map(({ index }) => index);
    const lowest = all
      .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
      .slice(0, 4)
      .toSorted((a, b) => a - b);
    expect(data.map(({ index }: Entry) => index)).toEqual(lowest);
    expect(await newest('audit.sample')).toMatchObject({ metadata: { seed, first, last, seed_given: true } });
  });

  describe('prove', () => {
    it('that an entry is in the log, to whoever made the call', async () => {
      const one = await interaction(acme, 'gina');
      await signed();
      const vkeys = (await get(keys.client.key, '/vkey')).text.trim().split('\n').map(parseVkey);
      for (const key of [keys.ann.key, keys.client.key]) {
        const answer = await get(key, `/proofs/${one.answered}`);
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
        const { index, hashes, extra, checkpoint } = parseTlogProof(answer.text);
        expect(JSON.parse(String(extra))).toMatchObject({ entry_id: one.answered });
        expect(verifyInclusion(index, checkpoint.size, leafHash(extra as Buffer), hashes, checkpoint.root)).toBe(true);
        expect(verifyNote(checkpoint.note, vkeys)).toHaveLength(1);
      }
      expect((await newest('audit.proof'))?.actor).toBe(keys.client.id);
      const others = await interaction(rival, 'mallory', { actor: keys.spy.id });
      await signed();
      expect((await get(keys.client.key, `/proofs/${others.answered}`)).status).toBe(404);
      expect((await get(keys.client.key, '/checkpoint')).status).toBe(403);
    });

    it('the whole tree with its tiles', async () => {
      const head = parseCheckpoint((await get(keys.officer.key, '/checkpoint')).text);
      const width = Math.min(256, head.size);
      const path = `000${width < 256 ? `.p/${width}` : ''}`;
      const bytes = async (tile: string) => {
        const response = await fetch(`${gateway.url}/v1/audit/tile/${tile}`, {
          headers: { authorization: `Bearer ${keys.officer.key}` },
        });
        expect([tile, response.status]).toEqual([tile, 200]);
        return Buffer.from(await response.arrayBuffer());
      };
      const [hashes, entries] = [await bytes(`0/${path}`), await bytes(`entries/${path}`)];
      expect(hashes).toHaveLength(32 * width);
      const first = entries.subarray(2, 2 + entries.readUInt16BE(0));
      expect(rawLeafHash(first)).toEqual(hashes.subarray(0, 32));
      expect((await get(keys.officer.key, '/tile/0/999')).status).toBe(404);
      expect((await get(keys.officer.key, '/tile/../checkpoint')).status).not.toBe(500);
    });

    it('how well it is kept', async () => {
      const { status, body } = await get(keys.ann.key, '/status');
      expect(status).toBe(200);
      expect(body).toMatchObject({ mode: 'strict', trouble: null, security: { problems: [] } });
      expect(body['checkpoint'].size).toBeGreaterThan(10);
      expect((await get(keys.client.key, '/status')).status).toBe(403);
    });

    it('by verifying what is there', async () => {
      const result = await post(keys.officer.key, '/verify');
      expect(result.body).toMatchObject({ status: 'ok', first_bad_index: null, problems: [] });
      expect(result.body['checked']).toBeGreaterThanOrEqual(result.body['size']);
      expect(await newest('audit.verify')).toMatchObject({ actor: keys.officer.id, metadata: { ok: true } });
      expect(await (await fetch(`${gateway.url}/metrics`)).text()).toMatch(/^audit_verify_ok 1$/m);
      expect((await post(keys.ann.key, '/verify')).status).toBe(403);
      expect((await get(keys.officer.key, '/verifications')).body['data'][0].id).toBe(result.body['id']);
    });
  });

  describe('export', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-export-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    async function download(key: string, body: object, status = 200) {
      const response = await fetch(`${gateway.url}/v1/audit/exports`, {
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
      const vkey = (await get(keys.ann.key, '/vkey')).text
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
      const found = await search(keys.officer.key, 'event=audit.export&limit=200');
      return found.filter(({ metadata }) => metadata['export'] === id).map(({ metadata }) => metadata);
    };

    it('the whole log, which anybody verifies without the gateway', async () => {
      await signed();
      const { bytes, id, headers } = await download(keys.officer.key, { format: 'bundle', include_payloads: true });
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
      const told = await get(keys.officer.key, `/exports/${id}`);
      expect(told.body).toMatchObject({ status: 'complete', sha256, entries: report.size });
      expect(bytes.toString('latin1')).toContain(keys.officer.id);
    });

    it('what a tenant may see, with a proof for each entry', async () => {
      const { bytes } = await download(keys.ann.key, { format: 'bundle', filters: { event: 'llm.*' } });
      const { report, failures } = await verified(bytes);
      expect([report.verdict, failures]).toEqual(['verified', []]);
      expect(Object.keys(report.events).toSorted()).toEqual(['llm.request', 'llm.response']);
      expect(bytes.toString('latin1')).not.toContain(rival);
      expect((await download(keys.ann.key, { format: 'ndjson', filters: { tenant: rival } }, 404)).id).toBeNull();
    });

    it('with the keys of exactly these entries, when somebody agrees', async () => {
      const one = await interaction(acme, 'hugo', {}, 'opened by the court');
      await signed();
      const body = {
        format: 'bundle',
        disclose_keys: true,
        reason: 'court order 12',
        filters: { request_id: one.request_id },
      };
      const asked = JSON.parse((await download(keys.ann.key, body, 202)).bytes.toString()) as { approval: string };
      expect((await post(keys.ben.key, `/approvals/${asked.approval}/approve`)).status).toBe(200);
      // agreed to for this request only
      const wider = { ...body, filters: { event: 'llm.*' } };
      await download(keys.ann.key, wider, 202);
      const { bytes } = await download(keys.ann.key, body);
      const content = join(folder, 'content.ndjson');
      const { report, failures } = await verified(bytes, '--content', content);
      expect(failures.filter(({ code }) => code !== 'prompt' && code !== 'response')).toEqual([]);
      expect(report.content.opened).toBe(2);
      expect(readFileSync(content, 'utf8')).toContain('opened by the court');
      // once
      await download(keys.ann.key, body, 202);
    });

    it('and shows that a real call was what was committed to', async () => {
      const body = {
        format: 'bundle',
        disclose_keys: true,
        reason: 'to check',
        filters: { request_id: 'really-made', event: 'llm.*' },
      };
      const asked = JSON.parse((await download(keys.ann.key, body, 202)).bytes.toString()) as { approval: string };
      await post(keys.ben.key, `/approvals/${asked.approval}/approve`);
      const { report, failures } = await verified((await download(keys.ann.key, body)).bytes);
      expect([failures, report.content.opened]).toEqual([[], 2]);
    });

    it('as lines, and as OCSF', async () => {
      const ndjson = (await download(keys.ann.key, { format: 'ndjson', filters: { event: 'llm.response' } })).bytes;
      const [mark, ...lines] = ndjson
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(mark).toMatchObject({ actor: keys.ann.id, tenant: acme });
      const found = await search(keys.ann.key, 'event=llm.response&limit=200');
      expect(lines.map(({ index }) => index).toReversed()).toEqual(found.map(({ index }) => index));
      const ocsf = (await download(keys.ann.key, { format: 'ocsf', filters: { user: 'gina' } })).bytes
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

  describe('hold and erase', () => {
    it('nothing that a hold forbids, nothing alone, and what is erased stays proven', async () => {
      const one = await interaction(acme, 'ida');
      const scope = { tenant: acme, user: 'ida' };
      const hold = await post(keys.officer.key, '/holds', { scope, reason: 'litigation' });
      expect([hold.status, hold.body['reason']]).toEqual([201, 'litigation']);
      expect(await newest('hold.place')).toMatchObject({ entry_id: hold.body['entry'], tenant: acme });
      expect(
        (await post(keys.officer.key, '/holds', { scope: { tenant: acme, user: 'nobody' }, reason: 'wrong' })).status,
      ).toBe(404);
      const shred = (key: string) => post(key, '/subjects/ida/shred', { basis: 'GDPR 17(1)(b)', tenant: acme });
      const held = await shred(keys.officer.key);
      expect([held.status, held.body['details']]).toEqual([409, { hold: hold.body['id'] }]);
      expect((await post(keys.officer.key, `/tenants/${acme}/shred`, { basis: 'end of contract' })).status).toBe(409);
      expect((await get(keys.spy.key, '/holds')).body['data']).toEqual([]);
      expect((await call(keys.spy.key, 'DELETE', `/audit/holds/${hold.body['id']}`)).status).toBe(404);
      expect((await call(keys.chief.key, 'DELETE', `/audit/holds/${hold.body['id']}`)).status).toBe(204);
      expect(await newest('hold.release')).toMatchObject({ parent: hold.body['entry'] });

      const asked = await shred(keys.officer.key);
      expect(asked.status).toBe(202);
      expect((await post(keys.officer.key, `/approvals/${asked.body['approval']}/approve`)).status).toBe(403);
      expect((await post(keys.ben.key, `/approvals/${asked.body['approval']}/approve`)).status).toBe(403);
      expect((await post(keys.chief.key, `/approvals/${asked.body['approval']}/approve`)).status).toBe(200);
      const done = await shred(keys.officer.key);
      expect([done.status, done.text]).toEqual([200, expect.stringContaining('final_at')]);
      expect(await newest('key.shred')).toMatchObject({
        entry_id: done.body['entry'],
        metadata: { approvers: [keys.officer.id, keys.chief.id] },
      });

      const gone = await post(keys.ann.key, `/entries/${one.asked}/reveal`, { reason: 'too late' });
      expect([gone.status, gone.body['details']]).toEqual([410, { content: 'erased' }]);
      const told = await get(keys.ann.key, `/entries/${one.asked}`);
      expect([told.body['content'], told.body['proof'].index]).toEqual(['erased', told.body['index']]);
      expect((await search(keys.ann.key, 'user=ida')).length).toBe(0);
      expect((await post(keys.officer.key, '/verify')).body).toMatchObject({ status: 'ok' });
      expect((await shred(keys.officer.key)).status).toBe(404);
    });

    it('give a person what there is about it', async () => {
      await interaction(acme, 'jana', {}, 'about jana');
      const path = '/subjects/jana/export?reason=access+request';
      const asked = await get(keys.ann.key, path);
      expect(asked.status).toBe(202);
      await post(keys.ben.key, `/approvals/${asked.body['approval']}/approve`);
      const { status, text } = await get(keys.ann.key, path);
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect([status, lines.length]).toEqual([200, 3]);
      expect(lines[1].content.response.choices[0].text).toBe('about jana');
      expect((await get(keys.ann.key, path)).status).toBe(202);
      expect((await newest('audit.export'))?.metadata).toMatchObject({ format: 'subject', entries: lines.length });
    });

    it('renew keys while everything stays readable', async () => {
      const one = await interaction(acme, 'kim');
      for (const level of ['kek', 'tenant', 'subject'])
        expect([
          level,
          (await post(keys.officer.key, '/keys/rotate', { level, ...(level !== 'kek' && { tenant: acme }) })).status,
        ]).toEqual([level, 200]);
      expect((await get(keys.officer.key, '/keys/rotations')).body['data'].length).toBe(3);
      for (const level of ['kek', 'signing'])
        expect([level, (await post(keys.boss.key, '/keys/rotate', { level })).status]).toEqual([level, 403]);
      const renewed = await post(keys.officer.key, '/keys/rotate', { level: 'signing' });
      expect(renewed.status).toBe(200);
      await until(async () => (await get(keys.ann.key, '/vkey')).text.startsWith(renewed.body['vkey']) || undefined);
      await signed();
      expect((await post(keys.officer.key, '/verify')).body).toMatchObject({ status: 'ok' });
      const shown = await post(keys.boss.key, `/entries/${one.asked}/reveal`, {
        reason: 'after rotation',
        break_glass: true,
      });
      expect(shown.status).toBe(200);
    });
  });

  it('refuse to read what cannot be recorded', async () => {
    cable.cut();
    try {
      for (const path of ['/entries', '/entries/0', '/requests/x', '/checkpoint', '/approvals'])
        expect([path, (await get(keys.ann.key, path)).status]).toEqual([path, 503]);
      expect((await post(keys.ann.key, '/samples', { size: 1 })).status).toBe(503);
      expect((await post(keys.ann.key, '/exports', { format: 'ndjson' })).status).toBe(503);
    } finally {
      cable.mend();
    }
    await until(async () => ((await get(keys.ann.key, '/entries')).status === 200 ? true : undefined), 10_000);
  });

  describe('let a month go', () => {
    const month = '2025-01';

    /** As if the first part of the log had been written long ago. */
    async function age(): Promise<number> {
      await fill();
      await signed();
      await search(keys.officer.key, 'limit=1');
      const { rows } = await admin.query<{ last: string }>(
        'select max(first_index + n) - 1 as last from audit.batches where first_index + n <= 256',
      );
      const last = Number(rows[0]?.last);
      await admin.query(`set gatehouse_audit.maintenance = 'on'; set role gatehouse_audit_owner`);
      for (const table of ['headers', 'payloads', 'entries'])
        await admin.query(
          `create table audit.${table}_2025_01 partition of audit.${table} for values from ('2025-01-01') to ('2025-02-01')`,
        );
      const { rows: tables } = await admin.query<{ name: string }>(
        `select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'audit'::regnamespace and c.relkind in ('r', 'p')
           and c.relname ~ '^(batches|headers|payloads|entries|spans)'`,
      );
      for (const { name } of tables) await admin.query(`alter table ${name} disable trigger user`);
      for (const table of ['batches', 'headers', 'payloads', 'entries'])
        await admin.query(`update audit.${table} set part_month = '2025-01-01' where first_index <= $1`, [last]);
      await admin.query(`update audit.batches set committed_at = '2025-01-15' where first_index <= $1`, [last]);
      await admin.query(
        `insert into audit.spans select '2025-01-01', stretch, low, $1, earliest, latest from audit.spans where stretch = 0`,
        [last],
      );
      await admin.query(
        `update audit.spans set low = $1::bigint + 1 where stretch = 0 and part_month <> '2025-01-01'`,
        [last],
      );
      await admin.query('select audit.protect_all()');
      await admin.query(`set gatehouse_audit.maintenance = ''; reset role`);
      return last;
    }

    it('when it is old enough, nothing holds it, and two officers agree', async () => {
      const last = await age();
      const now = new Date().toISOString().slice(0, 7);
      const early = await post(keys.officer.key, '/retention/plans', { month: now });
      expect([early.status, early.body['details'].earliest > new Date().toISOString()]).toEqual([409, true]);
      expect((await post(keys.officer.key, '/retention/plans', { month: '2020-01' })).status).toBe(404);
      expect((await post(keys.boss.key, '/retention/plans', { month })).status).toBe(403);

      const hold = await post(keys.officer.key, '/holds', {
        scope: { from: '2025-01-15T00:00:00Z', to: '2025-01-20T00:00:00Z' },
        reason: 'inquiry',
      });
      const shown = await get(keys.officer.key, '/retention');
      expect(shown.body['segments'][0]).toMatchObject({
        month,
        first: 0,
        last,
        status: 'due',
        held_by: [hold.body['id']],
      });
      expect((await post(keys.officer.key, '/retention/plans', { month })).status).toBe(409);
      expect((await call(keys.officer.key, 'DELETE', `/audit/holds/${hold.body['id']}`)).status).toBe(204);

      // who introduced himself in that month has to have left
      expect((await post(keys.officer.key, '/retention/plans', { month })).body['detail']).toMatch(/still writing/);
      await Promise.all([gateway.stop(), replica.close()]);
      gateway = await gateway.another();
      replica = await AuditReplica.join(database.url, masterKey);

      const plan = await post(keys.officer.key, '/retention/plans', { month });
      expect([plan.status, plan.body['status']]).toEqual([201, 'planned']);
      const approve = (key: string) => post(key, `/retention/plans/${plan.body['id']}/approve`, { archive: true });
      expect((await approve(keys.officer.key)).status).toBe(403);
      const dropped = await approve(keys.chief.key);
      expect([dropped.status, dropped.body['status'], dropped.text]).toEqual([200, 'dropped', expect.anything()]);
      expect(dropped.body['seal']).toMatchObject({ first: 0, last });
      expect(dropped.body['seal'].tenants[acme]).toBeGreaterThan(50);
      expect(createHash('sha256').update(readFileSync(dropped.body['archive'].file)).digest('hex')).toBe(
        dropped.body['archive'].sha256,
      );
      for (const event of ['retention.plan', 'retention.approve', 'segment.seal', 'retention.drop'])
        expect([event, (await newest(event))?.event]).toEqual([event, event]);

      expect((await get(keys.officer.key, '/entries/0')).status).toBe(404);
      expect((await get(keys.officer.key, '/retention')).body['segments'][0]).toMatchObject({
        month,
        status: 'dropped',
        bytes: null,
      });
      expect((await approve(keys.chief.key)).body['status']).toBe('dropped');

      // as if the process had died between announcing it and noting that it did
      await admin.query('update audit_retention_plans set dropped_at = null, drop_entry = null, drop_index = null');
      expect((await approve(keys.chief.key)).body).toMatchObject({
        status: 'dropped',
        drop_entry: dropped.body['drop_entry'],
      });
      expect(await search(keys.officer.key, 'event=retention.drop')).toHaveLength(1);
    });

    it('after which everything else still verifies', async () => {
      await signed();
      const result = await post(keys.officer.key, '/verify');
      expect(result.body).toMatchObject({ status: 'ok', problems: [] });
    });
  });

  it('are told where somebody tampered with it', async () => {
    const one = await interaction(acme, 'lena');
    // in a tile that is complete: whatever comes later is found out at once by the gateway itself
    await fill();
    await signed();
    const [asked, answered] = await Promise.all(
      [one.asked, one.answered].map(async (id) => (await get(keys.ann.key, `/entries/${id}`)).body['index'] as number),
    );
    const tables = ['headers', 'payloads'].map(
      (name) => `audit.${name}_${new Date().toISOString().slice(0, 7).replace('-', '_')}`,
    );
    await admin.query(`set gatehouse_audit.maintenance = 'on'`);
    for (const table of tables) await admin.query(`alter table ${table} disable trigger user`);
    await admin.query(
      `update ${tables[0]} set headers = replace(headers, '"outcome":"answered"', '"outcome":"answerex"') where first_index = $1`,
      [answered],
    );
    await admin.query(
      `update ${tables[1]} set payloads = set_byte(payloads, 20, get_byte(payloads, 20) # 1) where first_index = $1`,
      [asked],
    );
    const result = await post(keys.officer.key, '/verify');
    expect(result.body).toMatchObject({ status: 'failed', first_bad_index: asked });
    expect(result.body['problems'].map(({ index: at }: { index?: number }) => at)).toEqual(
      expect.arrayContaining([asked, answered]),
    );
    expect(await (await fetch(`${gateway.url}/metrics`)).text()).toMatch(/^audit_verify_ok 0$/m);
    expect(await newest('audit.verify')).toMatchObject({ metadata: { ok: false, first_bad_index: asked } });
    const altered = await post(keys.boss.key, `/entries/${one.asked}/reveal`, { reason: 'look', break_glass: true });
    expect([altered.status, altered.body['details']]).toEqual([409, { content: 'altered', index: asked }]);
  });
});
