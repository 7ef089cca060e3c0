import { Client } from 'pg';
import { NO_USAGE } from '../../src/contract/reply';
import type { LedgerRow } from '../../src/features/cost/ledger/ledger-row';
import { Ledger } from '../../src/features/cost/ledger/ledger.store';
import { addMeasures, measuresOf, NO_MEASURES } from '../../src/features/cost/ledger/measures';
import { SpendHooks } from '../../src/features/cost/ledger/spend-hooks';
import { reconcile } from '../../src/features/cost/reconciliation/reconcile';
import { type Group, GROUPS, type UsageFilter } from '../../src/contract/usage-groups';
import type { UsageRow } from '../../src/features/cost/usage/usage-question';
import { UsageReports } from '../../src/features/cost/usage/usage-reports.store';
import { testDatabase, type TestDatabase } from '../support/database';
import { Random } from '../support/hostile/random';
import { spendRow } from '../support/spend';

const seed = Math.trunc(Math.random() * 2 ** 31);
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 9, 25);
const TENANTS = ['019a0000-0000-7000-8000-000000000001', '019a0000-0000-7000-8000-000000000002'];
const ALL: UsageFilter = { from: '2026-10-25', to: '2026-11-10' };

function randomRow(random: Random, index: number): LedgerRow {
  const at = START + random.below(15 * DAY_MS);
  const tenantId = random.pick(TENANTS);
  const reused = random.chance(0.2);
  return spendRow({
    index,
    at,
    tenantId,
    keyId: `${tenantId.slice(-1)}-${random.below(3)}`,
    userRef: random.chance(0.7) ? `s_${random.below(4)}` : undefined,
    sessionRef: random.chance(0.7) ? `p_${random.below(6)}` : undefined,
    ...random.pick([
      { provider: 'openai', providerModel: 'gpt' },
      { provider: 'anthropic', providerModel: 'Ünïcode/claude' },
      { provider: undefined, providerModel: undefined },
    ]),
    model: random.chance(0.8) ? 'fast' : undefined,
    tags: random.pick([[], ['a'], ['a', 'b'], ['b', "c'"]]),
    outcome: random.pick(['answered', 'unknown']),
    usage: reused
      ? NO_USAGE
      : { ...NO_USAGE, inputTokens: random.below(1_000), thinkingTokens: 1, estimated: random.chance(0.3) },
    cost: reused ? 0n : random.chance(0.1) ? undefined : BigInt(random.below(1e9)) * 1_000_000_000n,
    saved: reused ? BigInt(random.below(1e9)) : 0n,
    reused,
  });
}

/** What each row says about a group, once for each tag. */
function valuesOf(row: LedgerRow, group: Group): readonly string[] {
  const values: { readonly [G in Group]: string | undefined } = {
    tenant: row.tenantId,
    key: row.keyId,
    user: row.userRef,
    model: row.providerModel ?? row.model,
    provider: row.provider,
    tag: undefined,
    session: row.sessionRef,
    day: new Date(row.at).toISOString().slice(0, 10),
  };
  return group === 'tag' && row.tags.length ? row.tags : [values[group] ?? ''];
}

function matches(row: LedgerRow, filter: UsageFilter): boolean {
  const [day, model] = [valuesOf(row, 'day')[0] ?? '', row.providerModel ?? row.model ?? ''];
  return (
    day >= filter.from &&
    day < filter.to &&
    (filter.tenant ?? row.tenantId) === row.tenantId &&
    (filter.key ?? row.keyId) === row.keyId &&
    (filter.user ?? row.userRef) === row.userRef &&
    (filter.provider ?? row.provider) === row.provider &&
    (filter.model === undefined || [model, `${row.provider ?? ''}/${model}`].includes(filter.model)) &&
    (filter.tag === undefined || row.tags.includes(filter.tag))
  );
}

/** The slow way: row by row. */
function summed(rows: readonly LedgerRow[], groups: readonly Group[], filter: UsageFilter): UsageRow[] {
  const found = new Map<string, UsageRow>();
  for (const row of rows.filter((one) => matches(one, filter))) {
    const keys = groups.reduce<string[][]>(
      (before, group) => before.flatMap((key) => valuesOf(row, group).map((value) => [...key, value])),
      [[]],
    );
    for (const key of keys) {
      const before = found.get(JSON.stringify(key))?.measures ?? NO_MEASURES;
      found.set(JSON.stringify(key), { groups: key, measures: addMeasures(before, measuresOf(row), 1n) });
    }
  }
  return [...found.values()].sort((a, b) => compareKeys(a.groups, b.groups));
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [i, text] of a.entries()) {
    const order = Buffer.compare(Buffer.from(text), Buffer.from(b[i] ?? ''));
    if (order) return order;
  }
  return 0;
}

describe(`reports of usage (seed ${seed})`, () => {
  const random = new Random(seed);
  const rows = Array.from({ length: 400 }, (_, index) => randomRow(random, index));
  let database: TestDatabase;
  let client: Client;
  let ledger: Ledger;
  let reports: UsageReports;

  beforeAll(async () => {
    database = await testDatabase();
    client = new Client(database.url);
    await client.connect();
    ledger = new Ledger(database.url, new SpendHooks());
    reports = new UsageReports(database.url);
    await ledger.project({ from: 0, next: rows.length, rows, ended: [] });
  });
  afterAll(async () => {
    await Promise.all([ledger?.close(), reports?.close(), client?.end()]);
    await database?.drop();
  });

  const pairs = GROUPS.flatMap((a, i) => [[a], ...GROUPS.slice(i + 1).map((b) => [b, a])]);
  it.each([[], ...pairs, ['user', 'tag', 'session'], ['day', 'tenant', 'key']] as Group[][])(
    'say what the calls say when they are grouped by %s %s %s',
    async (...given) => {
      const groups = given.filter((group) => group !== undefined);
      expect(await reports.rows({ filter: ALL, groups, limit: 10_000 })).toEqual(summed(rows, groups, ALL));
    },
  );

  it.each([
    { from: '2026-10-31', to: '2026-11-02' },
    { tenant: TENANTS[0] },
    { key: '1-2' },
    { user: 's_1' },
    { model: 'gpt' },
    { model: 'anthropic/Ünïcode/claude' },
    { model: 'fast' },
    { provider: 'openai', tag: 'a' },
    { tag: "c'", user: 's_2', tenant: TENANTS[1] },
    { tag: 'nobody' },
  ])('are narrowed by %j', async (narrowed) => {
    const filter = { ...ALL, ...narrowed };
    for (const groups of [[], ['model'], ['tag'], ['session']] as Group[][])
      expect(await reports.rows({ filter, groups, limit: 10_000 })).toEqual(summed(rows, groups, filter));
  });

  it('come in pages of any size without a row missing or twice', async () => {
    const groups: Group[] = ['model', 'tag', 'day'];
    for (const limit of [1, 7, 1_000]) {
      const found: UsageRow[] = [];
      for (let after: readonly string[] | undefined; ;) {
        const page = await reports.rows({ filter: ALL, groups, limit, after });
        found.push(...page);
        after = page.at(-1)?.groups;
        if (page.length < limit) break;
      }
      expect(found).toEqual(summed(rows, groups, ALL));
    }
  });

  it('charge each call once', async () => {
    const charges = await reports.charges(ALL);
    const sum = charges.reduce((all, { measures }) => addMeasures(all, measures, 1n), NO_MEASURES);
    expect(sum).toEqual(summed(rows, [], ALL)[0]?.measures);
    expect(new Set(charges.map(({ tenant, key, tags }) => JSON.stringify([tenant, key, tags]))).size).toBe(
      charges.length,
    );
  });

  it('read no call unless they are about sessions', async () => {
    await client.query('begin; lock table spend in access exclusive mode');
    try {
      for (const groups of [[], ['day'], ['user', 'tag']] as Group[][])
        expect(await reports.rows({ filter: ALL, groups, limit: 1 })).toHaveLength(1);
    } finally {
      await client.query('rollback');
    }
  });

  it('find calls by the ids of their provider, and those that have another', async () => {
    const day = '2027-01-01';
    const at = Date.parse(day);
    const more = ['req_1', 'req_2', 'req_3'].map((providerRequestId, i) =>
      spendRow({ index: rows.length + i, at: at + i, providerRequestId }),
    );
    await ledger.project({ from: rows.length, next: rows.length + 3, rows: more, ended: [] });
    const theirs = [
      { day, model: 'gpt-4o-mini', requestId: 'req_1', inputTokens: 100, outputTokens: 10 },
      { day, model: 'gpt-4o-mini', requestId: 'req_2', inputTokens: 101, outputTokens: 10 },
      { day, model: 'gpt-4o-mini', requestId: 'req_9', inputTokens: 99, outputTokens: 10 },
    ];
    const { requests, days } = await reconcile(reports, { provider: 'openai' }, theirs, 1);
    expect(requests).toMatchObject({
      matched: 1,
      drifting: 1,
      drifts: [{ requestId: 'req_2' }],
      missingOursIds: ['req_9'],
      missingTheirs: 1,
      missingTheirsIds: ['req_3'],
    });
    expect(days).toMatchObject({ verdict: 'agrees', total: { ours: { requests: 3 }, tokenDrift: 0 } });
    const others = await reconcile(reports, { provider: 'anthropic' }, theirs, 1);
    expect(others.requests).toMatchObject({ matched: 0, missingOurs: 3, missingTheirs: 0 });
    expect(others.days.verdict).toBe('incomplete');
  });

  it('refuse an export of nothing, or of too many days', async () => {
    const day = (text: string) => ({ day: text, model: undefined, inputTokens: 1 });
    await expect(reconcile(reports, { provider: 'openai' }, [], 1)).rejects.toThrow('nothing');
    await expect(reconcile(reports, { provider: 'openai' }, [day('2024-01-01'), day('2026-01-01')], 1)).rejects.toThrow(
      'days',
    );
  });
});
