import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { EntryReader } from '../../src/features/audit/log/entry-reader.store';
import { searchSql, type EntryFilter } from '../../src/features/audit/log/search-sql';
import type { Config } from '../../src/platform/config/config';
import { auditConnection } from '../../src/platform/database/audit-connection';
import { Secret } from '../../src/platform/secrets/secret';
import { append, testBatch, testHeader, testWriter } from '../support/audit-batch';
import { testDatabase, type TestDatabase } from '../support/database';

/** More than two stretches of the index. */
const ENTRIES = 20_000;
const BATCH = 1_000;
const START = Date.UTC(2026, 0, 1);
const SECOND = 1_000;

type Sample = Record<string, unknown> & { entry_id: string; ts: string; event: string };

/** Everything repeats, but with other periods, so that each combination is somewhere. */
function sample(i: number): Sample {
  const response = i % 2 === 1;
  return {
    // one entry in 5,000 waited in a spool
    ts: new Date(START + (i % 5_000 === 4_999 ? i - 4_000 : i) * SECOND).toISOString(),
    entry_id: randomUUID(),
    event: i % 997 === 0 ? 'audit.query' : response ? 'llm.response' : 'llm.request',
    request_id: `r${i >> 1}`,
    tenant: i < 3_000 ? 't_left' : `t_${i % 7}`,
    actor: `k_${i % 11}`,
    user_id: `u_${i % 1_013}`,
    session: `s_${i % 401}`,
    model: ['fast', 'best', 'é🙂'][i % 3],
    ...(response && {
      model_resolved: `p${i % 4}/m`,
      provider: `p${i % 4}`,
      outcome: i % 503 === 0 ? 'failed' : 'ok',
      cost_micros: String((i * 37) % 123_457),
    }),
    ...(i % 10 === 3 && { compliance_flags: [`f${i % 5}`, 'pii.masked'] }),
  };
}

describe('search', () => {
  let database: TestDatabase;
  let writer: Client;
  let reader: EntryReader;
  const entries: Sample[] = Array.from({ length: ENTRIES }, (_, i) => sample(i));
  beforeAll(async () => {
    database = await testDatabase();
    writer = await auditConnection(database.url, 'writer', 'test');
    reader = new EntryReader({ databaseUrl: new Secret(database.url) } as Config);
    const name = testWriter();
    for (let i = 0; i < ENTRIES; i += BATCH)
      await append(writer, testBatch(entries.slice(i, i + BATCH), { writer: name, lane: i / BATCH + 1 }));
  }, 60_000);
  afterAll(async () => {
    await reader?.onApplicationShutdown();
    await writer?.end();
    await database?.drop();
  });

  const matches = (entry: Sample, f: EntryFilter): boolean =>
    (!f.from || new Date(entry.ts) >= f.from) &&
    (!f.to || new Date(entry.ts) < f.to) &&
    (f.tenant === undefined || entry['tenant'] === f.tenant) &&
    (f.actor === undefined || entry['actor'] === f.actor) &&
    (f.userId === undefined || entry['user_id'] === f.userId) &&
    (f.session === undefined || entry['session'] === f.session) &&
    (f.model === undefined || entry['model'] === f.model || entry['model_resolved'] === f.model) &&
    (f.provider === undefined || entry['provider'] === f.provider) &&
    (f.outcome === undefined || entry['outcome'] === f.outcome) &&
    (f.requestId === undefined || entry['request_id'] === f.requestId) &&
    (f.event === undefined ||
      (f.event.endsWith('.*') ? entry.event.startsWith(f.event.slice(0, -1)) : entry.event === f.event)) &&
    (f.flag === undefined || ((entry['compliance_flags'] ?? []) as string[]).includes(f.flag)) &&
    ((f.minCostMicros === undefined && f.maxCostMicros === undefined) ||
      (entry['cost_micros'] !== undefined &&
        Number(entry['cost_micros']) >= (f.minCostMicros ?? 0) &&
        Number(entry['cost_micros']) <= (f.maxCostMicros ?? Infinity)));
  const expected = (filter: EntryFilter) => entries.flatMap((entry, index) => (matches(entry, filter) ? [index] : []));
  const at = (i: number) => new Date(START + i * SECOND);

  it.each<[string, EntryFilter]>([
    ['nothing', {}],
    ['a period', { from: at(9_000), to: at(9_300) }],
    ['a period with entries that came late', { from: at(900), to: at(1_100) }],
    ['a period before everything', { to: at(0) }],
    ['a period after everything', { from: at(ENTRIES) }],
    ['a tenant', { tenant: 't_3' }],
    ['a tenant that left', { tenant: 't_left' }],
    ['a key', { actor: 'k_5' }],
    ['a user', { userId: 'u_77' }],
    ['a session', { session: 's_400' }],
    ['a model as asked for', { model: 'é🙂' }],
    ['a model as resolved', { model: 'p3/m' }],
    ['a provider', { provider: 'p1' }],
    ['an event', { event: 'audit.query' }],
    ['an area', { event: 'audit.*' }],
    ['a large area', { event: 'llm.*' }],
    ['an area that there is not', { event: 'nothing.*' }],
    ['a flag', { flag: 'f3' }],
    ['an outcome', { outcome: 'failed' }],
    ['a cost from', { minCostMicros: 123_000 }],
    ['a cost up to', { maxCostMicros: 40 }],
    ['a cost between', { minCostMicros: 999, maxCostMicros: 1_001 }],
    ['no cost at all', { maxCostMicros: 0 }],
    ['a cost range that holds nothing', { minCostMicros: 10, maxCostMicros: 5 }],
    ['a request', { requestId: 'r4711' }],
    ['a request of another tenant', { requestId: 'r4711', tenant: 't_left' }],
    [
      'much at once',
      { tenant: 't_2', model: 'fast', event: 'llm.response', outcome: 'ok', minCostMicros: 50_000, from: at(4_000) },
    ],
    ['what never meets', { outcome: 'failed', event: 'llm.request' }],
    ['somebody unknown', { userId: 'u_nobody' }],
  ])('by %s finds what there is, newest first, page by page', async (_what, filter) => {
    const wanted = expected(filter).reverse();
    const found: number[] = [];
    const limit = Math.max(7, Math.ceil(wanted.length / 3));
    for (let before: number | undefined; ;) {
      const page = await reader.search(filter, before, limit);
      found.push(...page.rows.map(({ index }) => index));
      if (page.next === undefined) break;
      before = page.next;
    }
    expect(found).toEqual(wanted);
  });

  it('the other way round, between two indexes', async () => {
    const client = await auditConnection(database.url, 'reader', 'test');
    const filter = { tenant: 't_3', event: 'llm.*' };
    const { rows } = await client.query<{ index: string }>(
      searchSql(filter, { first: 8_000, before: 17_000, order: 'oldest first', limit: 100_000 }),
    );
    expect(rows.map(({ index }) => Number(index))).toEqual(
      expected(filter).filter((index) => index >= 8_000 && index < 17_000),
    );
    await client.end();
  });

  it('tells what the header says', async () => {
    const [row] = (await reader.search({ requestId: 'r6' }, undefined, 1)).rows;
    expect(row).toEqual({
      index: 13,
      entryId: entries[13]?.entry_id,
      at: at(13),
      event: 'llm.response',
      requestId: 'r6',
      parent: undefined,
      tenant: 't_left',
      actor: 'k_2',
      userId: 'u_13',
      session: 's_13',
      turn: undefined,
      model: 'best',
      modelResolved: 'p1/m',
      provider: 'p1',
      outcome: 'ok',
      flags: ['f3', 'pii.masked'],
      costMicros: 481,
    });
  });

  it('finds what was appended a moment ago', async () => {
    const header = testHeader({ user_id: 'u_new' });
    const index = await append(writer, testBatch([header]));
    entries.push(header);
    expect((await reader.search({ userId: 'u_new' }, undefined, 5)).rows).toMatchObject([
      { index, entryId: header.entry_id },
    ]);
    expect(await reader.headerOf(header.entry_id)).toMatchObject({ index, header: JSON.stringify(header) });
    expect(await reader.size()).toBe(index + 1);
  });

  it('finds it from many at once', async () => {
    const headers = Array.from({ length: 8 }, (_, i) => testHeader({ session: `s_many_${i}` }));
    for (const header of headers) {
      entries.push(header);
      await append(writer, testBatch([header]));
    }
    const pages = await Promise.all(headers.map((_, i) => reader.search({ session: `s_many_${i}` }, undefined, 5)));
    expect(pages.map(({ rows }) => rows.map(({ entryId }) => entryId))).toEqual(
      headers.map(({ entry_id }) => [entry_id]),
    );
  });

  it('is not stopped by what no gateway wrote', async () => {
    const good = testHeader({ user_id: 'u_good' });
    const bad = [
      'not json',
      '[]',
      '{}',
      '{"event":"x"}',
      '{"event":"x","ts":"soon"}',
      '{"event":"\\u0000","ts":"2026-01-01T00:00:00Z"}',
    ];
    const deep = `{"event":"x","ts":"2026-01-01T00:00:00Z","metadata":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const long = JSON.stringify(testHeader({ compliance_flags: ['f'.repeat(20_000)], user_id: 'u'.repeat(20_000) }));
    for (const text of [...bad, deep, long]) {
      await append(writer, { ...testBatch([{}]), headers: text });
      entries.push(testHeader());
    }
    await append(writer, testBatch([good]));
    entries.push(good);
    expect((await reader.search({ userId: 'u_good' }, undefined, 5)).rows).toMatchObject([{ entryId: good.entry_id }]);
    const { rows } = await reader.search({ event: 'unreadable' }, undefined, 20);
    expect(rows).toHaveLength(bad.length + 1);
    expect(rows[0]).toMatchObject({ entryId: undefined });
  });
});

describe('reading', () => {
  let database: TestDatabase;
  let reader: EntryReader;
  const ciphertexts = ['first', 'the second one', 'third'].map((text) => Buffer.from(text));
  const headers = [
    testHeader({ request_id: 'r', tenant: 't', ct_len: 5 }),
    testHeader({ request_id: 'r', tenant: 't', metadata: { note: 'é 🙂 \\ "\n"' } }),
    testHeader({ request_id: 'r', tenant: 'other', ct_len: 14 }),
    testHeader({ ct_len: 5 }),
  ];
  const plain = [testHeader(), testHeader()];
  beforeAll(async () => {
    database = await testDatabase();
    reader = new EntryReader({ databaseUrl: new Secret(database.url) } as Config);
    const writer = await auditConnection(database.url, 'writer', 'test');
    const name = testWriter();
    await append(writer, testBatch(plain, { writer: name }));
    await append(writer, testBatch(headers, { writer: name, lane: 2, payloads: Buffer.concat(ciphertexts) }));
    await append(writer, testBatch(plain, { writer: name, lane: 3 }));
    await writer.end();
  });
  afterAll(async () => {
    await reader?.onApplicationShutdown();
    await database?.drop();
  });

  it('gives back the header that was appended, to the byte', async () => {
    const all = [...plain, ...headers, ...plain];
    for (const [index, header] of all.entries())
      expect(await reader.headerAt(index)).toMatchObject({ index, header: JSON.stringify(header) });
    expect(await reader.headerAt(all.length)).toBeUndefined();
    expect(await reader.headerOf(randomUUID())).toBeUndefined();
  });

  it('gives back the ciphertext of an entry', async () => {
    const found = await Promise.all([0, 1, 2, 3, 4, 5, 6, 99].map((index) => reader.ciphertextAt(index)));
    expect(found).toEqual([
      undefined,
      undefined,
      ciphertexts[0],
      undefined,
      ciphertexts[1],
      ciphertexts[2],
      undefined,
      undefined,
    ]);
  });

  it('gives back all entries of a request', async () => {
    const indexes = async (tenant?: string) => (await reader.entriesOf('r', tenant)).map(({ index }) => index);
    expect(await indexes()).toEqual([2, 3, 4]);
    expect(await indexes('t')).toEqual([2, 3]);
    expect((await reader.entriesOf('r', 'other'))[0]?.header).toBe(JSON.stringify(headers[2]));
  });

  it('streams whole batches', async () => {
    const read = async (from: number, to: number, payloads: boolean) => {
      const found: unknown[][] = [];
      for await (const batch of reader.batches(from, to, { payloads }))
        found.push([batch.firstIndex, batch.n, batch.lane, batch.headers?.split('\n').length, batch.payloads?.length]);
      return found;
    };
    expect(await read(0, 8, false)).toEqual([
      [0, 2, 1, 2, undefined],
      [2, 4, 2, 4, undefined],
      [6, 2, 3, 2, undefined],
    ]);
    expect(await read(3, 6, true)).toEqual([[2, 4, 2, 4, 24]]);
    expect(await read(5, 7, true)).toEqual([
      [2, 4, 2, 4, 24],
      [6, 2, 3, 2, undefined],
    ]);
    expect(await read(8, 9, true)).toEqual([]);
    expect(await read(0, 0, true)).toEqual([]);
  });
});
