import { Client, type ClientBase } from 'pg';
import { uuidv7 } from '../../src/contract/ids';
import { NO_USAGE } from '../../src/contract/reply';
import type { NewRow } from '../../src/features/cost/ledger/changes';
import { Ledger } from '../../src/features/cost/ledger/ledger.store';
import { MEASURES } from '../../src/features/cost/ledger/measures';
import { SpendHooks } from '../../src/features/cost/ledger/spend-hooks';
import { testDatabase, type TestDatabase } from '../support/database';
import { Random } from '../support/hostile/random';
import { spendRow } from '../support/spend';

const SUMS = MEASURES.map((name) => `coalesce(sum(${name}), 0)::text as ${name}`).join(', ');
const OF_ROWS = `select count(*)::text as requests,
  count(*) filter (where estimated)::text as estimated, count(*) filter (where cost_picos is null)::text as unpriced,
  count(*) filter (where outcome = 'unknown')::text as unknown, count(*) filter (where reused)::text as cache_hits,
  ${['input', 'cache_read', 'cache_write', 'output', 'thinking']
    .map((kind) => `coalesce(sum(${kind}_tokens), 0)::text as ${kind}_tokens`)
    .join(', ')},
  coalesce(sum(cost_picos), 0)::text as cost_picos, coalesce(sum(saved_picos), 0)::text as saved_picos from spend`;

describe('the ledger', () => {
  let database: TestDatabase;
  let client: Client;
  const opened: Ledger[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    client = new Client(database.url);
    await client.connect();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
    await client.query(
      'truncate spend, spend_totals, spend_days, spend_model_days; update spend_cursor set next_index = 0',
    );
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  /** Two of them are two processes. */
  const open = (hooks = new SpendHooks()): Ledger => {
    const ledger = new Ledger(database.url, hooks);
    opened.push(ledger);
    return ledger;
  };
  const stretch = (from: number, rows: readonly Partial<NewRow>[]) => ({
    from,
    next: from + rows.length,
    rows: rows.map((row, i) => spendRow({ index: from + i, ...row })),
    ended: [] as string[],
  });
  const count = async (table: string) =>
    Number((await client.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]?.n);
  /** What the rows add up to, and that every sum says the same. */
  const sums = async (): Promise<Record<string, string>> => {
    const [rows] = (await client.query<Record<string, string>>(OF_ROWS)).rows;
    for (const table of ['spend_days', 'spend_model_days'])
      expect((await client.query(`select ${SUMS} from ${table}`)).rows[0]).toEqual(rows);
    for (const scope of ['tenant', 'key']) {
      const total = `select coalesce(sum(picos), 0)::text as picos from spend_totals where scope = '${scope}'`;
      expect((await client.query(total)).rows[0]).toEqual({ picos: rows?.['cost_picos'] });
    }
    return rows as Record<string, string>;
  };

  it('keeps a row as it was given, to the picodollar', async () => {
    const ledger = open();
    const row = spendRow({
      userRef: 's_1',
      sessionRef: 'p_1',
      providerRequestId: 'req_1',
      asked: false,
      tags: ['a,"}', 'b'],
      usage: {
        ...NO_USAGE,
        inputTokens: 8,
        imageTokens: 3,
        cacheWriteTokens: 9,
        cacheWriteLongTokens: 4,
        thinkingTokens: 0,
        estimated: false,
      },
      cost: 12_345_678_901_234_567_890_123n,
      saved: 7n,
      wasted: [{ target: 'anthropic/claude-haiku-4-5', usage: { ...NO_USAGE, inputTokens: 2 } }],
      spared: { ...NO_USAGE, outputTokens: 3 },
      cache: 'hit',
    });
    await ledger.project({ from: 0, next: 1, rows: [row], ended: [] });
    const period = { from: new Date(row.at), to: new Date(row.at + 1) };
    let found: unknown;
    await ledger.renew(period, undefined, 10, (same) => ((found = same), same));
    expect(found).toEqual(row);
  });

  it('says how far it reaches, and takes nothing twice', async () => {
    const ledger = open();
    const batch = stretch(0, [{}, { tags: ['a'] }, { userRef: 's_1' }]);
    expect(await ledger.project(batch)).toBe(3);
    const once = await sums();
    expect(await ledger.project(batch)).toBe(3);
    expect(await ledger.project({ ...batch, next: 2, rows: batch.rows.slice(0, 2) })).toBe(3);
    expect(await sums()).toEqual(once);
    expect(once).toMatchObject({ requests: '3', cost_picos: '3000' });
    // a stretch that begins before the end and reaches beyond it
    expect(await ledger.project({ ...batch, next: 4, rows: [...batch.rows, spendRow({ index: 3 })] })).toBe(4);
    expect(await sums()).toMatchObject({ requests: '4' });
    expect(await ledger.cursor()).toBe(4);
  });

  it('refuses to leave a gap', async () => {
    const ledger = open();
    await expect(ledger.project(stretch(1, [{}]))).rejects.toThrow(/gap/);
    expect([await ledger.cursor(), await count('spend')]).toEqual([0, 0]);
  });

  it('has each call once when several processes project the same stretches at the same time', async () => {
    const replicas = [open(), open(), open()];
    const batches = Array.from({ length: 20 }, (_, i) =>
      stretch(
        i * 10,
        Array.from({ length: 10 }, () => ({})),
      ),
    );
    await Promise.all(
      replicas.map(async (ledger) => {
        for (const batch of batches) await ledger.project(batch);
      }),
    );
    expect(await sums()).toMatchObject({ requests: '200', cost_picos: '200000' });
  });

  it('does not wait for somebody who writes, when it is told not to', async () => {
    const ledger = open();
    await client.query('begin; select pg_advisory_xact_lock(7143008, 1)');
    expect(await ledger.project(stretch(0, [{}]), false)).toBeUndefined();
    const waiting = ledger.project(stretch(0, [{}]));
    await client.query('rollback');
    expect(await waiting).toBe(1);
  });

  it('has all of a stretch or nothing when the process dies in between', async () => {
    const batch = stretch(0, [{}, {}, {}]);
    const hooks = new SpendHooks();
    let deaths = 2;
    hooks.add(async (connection) => {
      if (deaths-- > 0) await connection.query('select pg_terminate_backend(pg_backend_pid())');
    });
    const dying = open(hooks);
    const told = { ...batch, ended: [uuidv7()] };
    await expect(dying.project(told)).rejects.toThrow();
    expect([await count('spend'), await count('spend_days'), await dying.cursor()]).toEqual([0, 0, 0]);
    await expect(dying.project(told)).rejects.toThrow();
    expect(await dying.project(told)).toBe(3);
    expect(await sums()).toMatchObject({ requests: '3' });
  });

  it('tells within its transaction which calls have ended, and once more when that failed', async () => {
    const told: (readonly string[])[] = [];
    const seen: number[] = [];
    const hooks = new SpendHooks();
    hooks.add(async (connection: ClientBase, callIds) => {
      told.push(callIds);
      seen.push(Number((await connection.query<{ n: string }>('select count(*) as n from spend')).rows[0]?.n));
      if (told.length === 1) throw new Error('not now');
    });
    const ledger = open(hooks);
    const batch = { ...stretch(0, [{}]), ended: ['a', 'b', 'a'] };
    await expect(ledger.project(batch)).rejects.toThrow('not now');
    expect(await count('spend')).toBe(0);
    await ledger.project(batch);
    await ledger.project(batch);
    expect(told).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(seen).toEqual([1, 1]);
  });

  it('puts the end of a call in the place of an unknown one, in every sum', async () => {
    const ledger = open();
    const lost = spendRow({ outcome: 'unknown', provider: undefined, providerModel: undefined, cost: 300n });
    await ledger.project({ from: 0, next: 1, rows: [lost], ended: [] });
    expect(await sums()).toMatchObject({ requests: '1', unknown: '1', cost_picos: '300' });
    const found = spendRow({
      ...lost,
      index: 1,
      outcome: 'answered',
      provider: 'openai',
      providerModel: 'm',
      cost: 900n,
    });
    await ledger.project({ from: 1, next: 2, rows: [found], ended: [] });
    expect(await sums()).toMatchObject({ requests: '1', unknown: '0', cost_picos: '900' });
    await ledger.project({ from: 2, next: 3, rows: [spendRow({ ...lost, index: 2 })], ended: [] });
    expect(await sums()).toMatchObject({ requests: '1', unknown: '0', cost_picos: '900' });
  });

  it('keeps months apart, also those that nobody has made room for', async () => {
    const ledger = open();
    const months = [Date.UTC(2019, 0, 31, 23, 59, 59, 999), Date.UTC(2019, 1, 1), Date.UTC(2031, 5, 1)];
    await ledger.project(
      stretch(
        0,
        months.map((at) => ({ at })),
      ),
    );
    const parts = `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'spend'::regclass order by 1`;
    const names = (await client.query<{ name: string }>(parts)).rows.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['spend_201901', 'spend_201902', 'spend_203106']));
    expect((await client.query('select day::text from spend_days order by 1')).rows).toEqual(
      ['2019-01-31', '2019-02-01', '2031-06-01'].map((day) => ({ day })),
    );
  });

  it('prices a period again, in steps, and nothing outside it', async () => {
    const ledger = open();
    const at = Date.UTC(2026, 10, 20);
    const rows = Array.from({ length: 7 }, (_, i) => ({ at: at + Math.floor(i / 3), cost: undefined }));
    await ledger.project(stretch(0, [...rows, { at: at + 9, cost: 5n }]));
    const period = { from: new Date(at), to: new Date(at + 9) };
    const steps: number[] = [];
    let after: Parameters<Ledger['renew']>[1];
    do {
      const step = await ledger.renew(period, after, 3, (row) => ({ ...row, cost: 11n, priceVersion: 'v2' }));
      steps.push(step.examined);
      after = step.next;
    } while (after);
    expect(steps).toEqual([3, 3, 1]);
    expect(await sums()).toMatchObject({ requests: '8', unpriced: '0', cost_picos: '82' });
    const other = { ...period, tenant: uuidv7() };
    expect(await ledger.renew(other, undefined, 3, (row) => row)).toEqual({ examined: 0, changes: [] });
  });

  it('adds up to its rows whatever happens, in any order, twice and at once', async () => {
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const random = new Random(seed);
    const calls = Array.from({ length: 60 }, () => uuidv7(Date.UTC(2026, 10, 20) + random.below(86_400_000 * 40)));
    const at = (id: string) => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    const rows = Array.from({ length: 300 }, (_, index) => {
      const callId = random.pick(calls);
      const outcome = random.pick(['unknown', 'answered', 'failed']);
      const reused = random.chance(0.2);
      return spendRow({
        index,
        callId,
        at: at(callId),
        outcome,
        reused,
        cost: random.chance(0.2) && !reused ? undefined : BigInt(reused ? 0 : random.below(1e9)),
        saved: reused ? BigInt(random.below(1e9)) : 0n,
        userRef: random.chance(0.5) ? `s_${random.below(3)}` : undefined,
        tags: random.pick([[], ['a'], ['a', 'b']]),
        usage: { ...NO_USAGE, inputTokens: random.below(1e6), thinkingTokens: 0, estimated: random.chance(0.3) },
      });
    });
    const replicas = [open(), open()];
    await Promise.all(
      replicas.map(async (ledger) => {
        for (let cursor = await ledger.cursor(); cursor < rows.length;) {
          const from = Math.max(0, cursor - random.below(20));
          const next = Math.min(rows.length, cursor + 1 + random.below(40));
          cursor = (await ledger.project({ from, next, rows: rows.slice(from, next), ended: [] })) ?? cursor;
        }
      }),
    );
    try {
      expect(await sums()).toMatchObject({ requests: String(new Set(rows.map(({ callId }) => callId)).size) });
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  });
});
