import { picosOfUsd } from '../../../contract/money';
import { compare, type OurDay } from './compare';
import { compareRequests, requestIds } from './compare-requests';
import type { ExportRow } from './export-row';
import { undated } from './model-names';

const DAY = '2026-11-20';
const ours = (over: Partial<OurDay> = {}): OurDay => ({
  day: DAY,
  model: 'gpt-4o',
  requests: 4,
  inputTokens: 1_000,
  cachedTokens: 100,
  outputTokens: 500,
  cost: picosOfUsd(10),
  unpriced: 0,
  ...over,
});
const theirs = (over: Partial<ExportRow> = {}): ExportRow => ({
  day: DAY,
  model: 'gpt-4o-2024-08-06',
  inputTokens: 1_000,
  outputTokens: 500,
  ...over,
});
const charged = (usd: number, over: Partial<ExportRow> = {}): ExportRow => ({
  day: DAY,
  model: 'gpt-4o',
  cost: picosOfUsd(usd),
  ...over,
});

it.each([
  ['gpt-4o-2024-08-06', 'gpt-4o'],
  ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
  ['claude-opus-4@20250514', 'claude-opus-4'],
  ['gpt-4-0613', 'gpt-4'],
  ['Claude-3-7-sonnet-latest', 'claude-3-7-sonnet'],
  ['claude-opus-4-8', 'claude-opus-4-8'],
  ['gpt-5.2', 'gpt-5.2'],
  ['text-embedding-3-small', 'text-embedding-3-small'],
])('%s is %s in some edition', (name, model) => {
  expect(undated(name)).toBe(model);
});

describe('a reconciliation', () => {
  it('matches models whatever the date of their edition', () => {
    const { lines, verdict, joinedBy } = compare([ours()], [theirs()], 1);
    expect(lines).toMatchObject([
      {
        day: DAY,
        model: 'gpt-4o',
        names: ['gpt-4o', 'gpt-4o-2024-08-06'],
        tokenDrift: 0,
        costDrift: undefined,
        status: 'agrees',
      },
    ]);
    expect([verdict, joinedBy]).toEqual(['agrees', 'day_model']);
  });

  it.each([
    ['agrees', 1_499, 1],
    ['agrees', 1_515, 1],
    ['drifts', 1_516, 1],
    ['drifts', 1_484, 1],
    ['agrees', 1_600, 10],
    ['drifts', 1_501, 0],
  ])('%s when they count %d tokens instead of 1500 and %d percent do not matter', (verdict, tokens, tolerance) => {
    expect(compare([ours()], [theirs({ inputTokens: tokens, outputTokens: 0 })], tolerance).verdict).toBe(verdict);
  });

  it.each([
    ['agrees', 10.1],
    ['drifts', 10.2],
    ['drifts', 9.8],
  ])('%s when they charge %d dollars instead of 10', (verdict, usd) => {
    expect(compare([ours()], [charged(usd)], 1)).toMatchObject({
      verdict,
      lines: [{ costDrift: Math.round((usd - 10) * 1_000) / 100 }],
    });
  });

  it('does not mind a cent of rounding, however little was spent', () => {
    const little = [ours({ cost: picosOfUsd('0.001') })];
    expect(compare(little, [charged(0.01)], 1).verdict).toBe('agrees');
    expect(compare(little, [charged(0.02)], 1).verdict).toBe('drifts');
  });

  it('sees that calls without a price are charged', () => {
    const { lines } = compare([ours({ cost: 0n, unpriced: 4 })], [charged(5)], 1);
    expect(lines).toMatchObject([{ status: 'drifts', costDrift: undefined, ours: { unpriced: 4 } }]);
  });

  it('tells what one side lacks', () => {
    const { lines, verdict } = compare(
      [ours(), ours({ day: '2026-11-21' })],
      [theirs(), theirs({ model: 'o3' }), theirs({ day: '2026-11-22', inputTokens: 0, outputTokens: 0 })],
      1,
    );
    expect(lines.map(({ day, model, status }) => [day, model, status])).toEqual([
      ['2026-11-20', 'gpt-4o', 'agrees'],
      ['2026-11-20', 'o3', 'missing_ours'],
      ['2026-11-21', 'gpt-4o', 'missing_theirs'],
      ['2026-11-22', 'gpt-4o', 'agrees'],
    ]);
    expect(verdict).toBe('incomplete');
  });

  it('is of days alone where the export tells no models', () => {
    const both = compare(
      [ours(), ours({ model: 'o3' })],
      [theirs({ model: undefined, inputTokens: 2_000, outputTokens: 1_000 })],
      1,
    );
    expect(both).toMatchObject({
      joinedBy: 'day',
      verdict: 'agrees',
      lines: [{ model: '*', names: ['gpt-4o', 'o3'] }],
    });
  });

  it('adds up what an export has in several results, and all of it', () => {
    const rows = [charged(6), charged(4, { model: 'gpt-4o-2024-11-20' }), theirs()];
    const { lines, total } = compare([ours()], rows, 1);
    expect(lines).toMatchObject([{ theirs: { cost: picosOfUsd(10), inputTokens: 1_000 }, status: 'agrees' }]);
    expect(total).toMatchObject({ tokenDrift: 0, costDrift: 0, ours: { cost: picosOfUsd(10) } });
  });

  it('of nothing with nothing agrees', () => {
    expect(compare([], [], 1)).toMatchObject({ lines: [], verdict: 'agrees', total: { ours: undefined } });
  });
});

describe('a reconciliation by request', () => {
  const our = { requestId: 'req_1', inputTokens: 10, outputTokens: 5, cost: 3_000_000n };
  const row = (over: Partial<ExportRow> = {}): ExportRow => ({ day: DAY, model: 'm', requestId: 'req_1', ...over });

  it('adds the lines of a request up and compares to the token and the micro-dollar', () => {
    const rows = [
      row({ inputTokens: 10, cost: 1_500_000n }),
      row({ outputTokens: 5, cost: 2_500_000n }),
      row({ requestId: undefined }),
    ];
    expect(requestIds(rows)).toEqual(['req_1']);
    expect(compareRequests([our], rows)).toMatchObject({ matched: 1, drifting: 0, missingOurs: 0 });
    expect(compareRequests([our], [row({ cost: 4_000_001n })])).toMatchObject({ matched: 0, drifting: 1 });
    expect(compareRequests([our], [row({ inputTokens: 11 })])).toMatchObject({
      drifts: [{ requestId: 'req_1', ours: { inputTokens: 10 }, theirs: { inputTokens: 11 } }],
    });
    expect(compareRequests([{ ...our, cost: undefined }], [row({ cost: 1n })])).toMatchObject({ drifting: 1 });
  });

  it('names what the ledger does not know, and counts what it does not name', () => {
    const rows = Array.from({ length: 150 }, (_, i) => row({ requestId: `req_${i + 2}` }));
    const found = compareRequests([our], rows);
    expect([found.missingOurs, found.missingOursIds.length, found.matched]).toEqual([150, 100, 0]);
  });
});
