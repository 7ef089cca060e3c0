import { createPublicKey } from 'node:crypto';
import type { Draft } from '../../src/features/audit/audit-log';
import { decodeBase64 } from '../../src/features/audit/format/base64';
import { batchStatement, statementHash, verifyBatch } from '../../src/features/audit/format/batch';
import { importPublicKey } from '../../src/features/audit/format/ed25519';
import { entryKey } from '../../src/features/audit/format/entry-keys';
import { rootOver } from '../../src/features/audit/format/frontier';
import { leafHash } from '../../src/features/audit/format/hashes';
import { openEntry } from '../../src/features/audit/format/payload';
import { verifyCertificate } from '../../src/features/audit/format/writer-certificate';
import { LogSite } from '../support/log-site';

const draft = (id: string, more: Partial<Draft> = {}): Draft => ({
  facts: { event: 'llm.request', request_id: id, tenant: 't' },
  payload: { text: `content of ${id}` },
  ...more,
});
const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);
const UNAVAILABLE = { code: 'audit_unavailable', retryAfter: 2 };

describe('the appender on PostgreSQL', () => {
  let site: LogSite;

  beforeAll(async () => {
    site = await LogSite.build();
  });
  afterEach(() => site.rest());
  afterAll(() => site?.close());

  const batchesOf = async (writer: string) =>
    (
      await site.admin.query<{
        first_index: string;
        lane: string;
        n: number;
        previous: Buffer;
        root: Buffer;
        signature: Buffer;
        headers: string;
      }>(
        `select b.*, headers from audit.batches b join audit.headers using (first_index) where writer = $1 order by first_index`,
        [writer],
      )
    ).rows;
  const killConnections = () =>
    site.admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatehouse-audit-append' and datname = current_database()`,
    );
  const requests = async () =>
    (await site.headers()).flatMap(({ event, request_id }) => (event === 'llm.request' ? [request_id] : []));

  it('begins with a certified key and ends with the number of its last batch', async () => {
    const { writer } = await site.writer();
    await writer.append(draft('once'));
    await writer.close(5_000);
    const batches = await batchesOf(writer.writer.id);
    const headers = batches.flatMap((batch) => batch.headers.split('\n').map((line) => JSON.parse(line)));
    expect(headers.map(({ event }) => event)).toEqual(['writer.open', 'llm.request', 'writer.close']);
    expect(headers[2].metadata).toEqual({ last_lane: batches.length });
    const { writer_key: key, certificate } = headers[0].metadata as Record<string, string>;
    const logKey = createPublicKey(site.signer.current.privateKey);
    expect(verifyCertificate(site.signer.origin, decodeBase64(key!)!, logKey, decodeBase64(certificate!)!)).toBe(true);
  });

  it('signs each batch and chains it to the one before', async () => {
    const { writer } = await site.writer();
    for (const id of numbers(5)) await Promise.all([writer.append(draft(id)), writer.append(draft(`${id}b`))]);
    const key = importPublicKey(writer.writer.publicKey);
    let previous: Buffer = Buffer.alloc(0);
    const batches = await batchesOf(writer.writer.id);
    batches.forEach((batch, i) => {
      const root = rootOver(batch.headers.split('\n').map((line) => leafHash(line)));
      const facts = { origin: site.signer.origin, writer: writer.writer.id, lane: i + 1, previous, n: batch.n, root };
      const statement = batchStatement(facts);
      expect(verifyBatch(statement, key, batch.signature)).toBe(true);
      expect([batch.root.equals(root), batch.previous.equals(previous)]).toEqual([true, true]);
      previous = statementHash(statement);
    });
    expect(batches.length).toBeGreaterThan(4);
  });

  it('tells where each entry stands, many at a time, and keeps those of one call together', async () => {
    const { writer } = await site.writer();
    const calls = await Promise.all(
      numbers(400).map((id) => writer.append(draft(id), { facts: { event: 'llm.response', request_id: id } })),
    );
    const headers = await site.headers();
    for (const [request, response] of calls) {
      expect(headers[request!.index!]!.entry_id).toBe(request!.entryId);
      expect(headers[response!.index!]!.entry_id).toBe(response!.entryId);
      expect(response!.index).toBe(request!.index! + 1);
      expect(request!.log).toBe('log.test/audit');
    }
    expect((await batchesOf(writer.writer.id)).length).toBeLessThan(50);
  });

  it('encrypts the payload for its entry alone', async () => {
    const { writer } = await site.writer();
    const subject = await site.keys.subjects.reference('t', 'somebody');
    const [receipt] = await writer.append(draft('secret', { subject, commit: { prompt: ['hello'] } }));
    const { header, ciphertext } = (await site.entries())[receipt!.index!]!;
    const { key_id: id, prompt_hash: hash } = JSON.parse(header) as Record<string, string>;
    const { key } = (await site.keys.dataKeys.find(id!))!;
    expect(openEntry(entryKey(key, receipt!.entryId), header, ciphertext!)).toEqual({ text: 'content of secret' });
    expect(hash).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(header).not.toContain('content');
  });

  it('repeats a batch whose connection broke: nothing is lost, nothing is there twice', async () => {
    const { writer, changes } = await site.writer();
    const before = (await requests()).length;
    const appending = Promise.all(
      numbers(3_000).map(async (id, i) => {
        await new Promise((resolve) => setTimeout(resolve, i / 10));
        return writer.append(draft(`broken-${id}`));
      }),
    );
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      await killConnections();
    }
    const receipts = (await appending).flat();
    const headers = await site.headers();
    for (const { index, entryId } of receipts) expect(headers[index!]?.entry_id).toBe(entryId);
    expect(await requests()).toHaveLength(before + 3_000);
    expect(changes.at(-1) ?? true).toBe(true);
  });

  it('refuses at its deadline; when the entry is written after all, what its caller says of that follows', async () => {
    const { writer, troubles } = await site.writer({ appendMs: 300 });
    await site.admin.query('begin; lock table audit.batches in exclusive mode');
    const late = () => draft('late-2', { facts: { event: 'llm.response', request_id: 'late', outcome: 'withheld' } });
    await expect(writer.append(draft('late', { late }))).rejects.toMatchObject(UNAVAILABLE);
    await site.admin.query('commit');
    await writer.append(draft('after'));
    await writer.appender.drain(5_000);
    const [request, response] = (await site.headers()).filter(({ request_id }) => request_id === 'late');
    expect(response).toMatchObject({ event: 'llm.response', outcome: 'withheld', parent: request!.entry_id });
    expect(troubles.reason).toBeUndefined();
  });

  it('refuses at once when too much is waiting', async () => {
    const { writer } = await site.writer({ bounds: { entries: 10, bytes: 1e6 } });
    const results = await Promise.allSettled(numbers(40).map((id) => writer.append(draft(`full-${id}`))));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(20);
    for (const { reason } of refused) expect(reason).toMatchObject(UNAVAILABLE);
    expect((await requests()).filter((id) => id?.startsWith('full-'))).toHaveLength(40 - refused.length);
  });

  it('counts what a relaxed tenant loses in an entry', async () => {
    const { writer } = await site.writer({ bounds: { entries: 40, bytes: 1e6 } });
    await writer.append(draft('key'));
    for (const id of numbers(100)) writer.enqueue(draft(`relaxed-${id}`));
    await writer.appender.drain(5_000);
    const headers = await site.headers();
    const kept = headers.filter(({ request_id }) => request_id?.startsWith('relaxed-')).length;
    const lost = headers.filter(({ event }) => event === 'audit.loss').map(({ metadata }) => metadata);
    expect(kept).toBe(20);
    expect(lost).toEqual([{ entries: 80, since: expect.any(String), tenants: { t: 80 } }]);
  });

  it('refuses what cannot be written canonically, and only that', async () => {
    const { writer } = await site.writer();
    const bad = draft('bad', { facts: { event: 'llm.request', metadata: { half: 0.5 } } });
    const [one, two] = await Promise.allSettled([writer.append(bad), writer.append(draft('good'))]);
    expect([one!.status, two!.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('stops when an entry comes to stand where others were', async () => {
    let floor = 0;
    const { writer } = await site.writer({ floor: () => floor });
    floor = 1_000_000;
    await expect(writer.append(draft('lost'))).rejects.toMatchObject(UNAVAILABLE);
    expect(writer.trouble()).toMatch(/the database lost some/);
    floor = 0;
    await expect(writer.append(draft('again'))).rejects.toMatchObject(UNAVAILABLE);
  });

  it('stops when somebody else writes in its name', async () => {
    const { writer } = await site.writer();
    await site.admin.query(
      `select audit.append(gen_random_uuid(), $1, 2, null, sha256(''), decode(repeat('00', 64), 'hex'), 1, '{}', null)`,
      [writer.writer.id],
    );
    await expect(writer.append(draft('mine'))).rejects.toMatchObject(UNAVAILABLE);
    expect(writer.trouble()).toMatch(/is at lane 3, not 2/);
  });

  it('writes what is in line before it closes, and takes nothing after', async () => {
    const { writer } = await site.writer();
    const appending = Promise.all(numbers(600).map((id) => writer.append(draft(`end-${id}`))));
    await writer.close(5_000);
    await appending;
    expect((await site.headers()).at(-1)).toMatchObject({ event: 'writer.close' });
    await expect(writer.append(draft('no'))).rejects.toThrow('not open');
  });

  it('lets silence be noticed', async () => {
    const { writer } = await site.writer({ heartbeatMs: 50 });
    await new Promise((resolve) => setTimeout(resolve, 180));
    const beats = (await batchesOf(writer.writer.id)).filter(({ headers }) => headers.includes('writer.heartbeat'));
    expect(beats.length).toBeGreaterThan(1);
  });
});
