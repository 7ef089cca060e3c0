import fc from 'fast-check';
import { PromotionPlan } from '../plan';
import { compare, type Comparison, type Sample, type Side } from './compare';

const { thresholds } = PromotionPlan.parse({});

const answered = (more: Partial<Sample> = {}): Sample => ({ failed: false, latencyMs: 100, usd: 0.01, ...more });
const many = (n: number, one: (i: number) => Sample): Side => ({ calls: Array.from({ length: n }, (_, i) => one(i)) });
const failing = (failed: number, of: number): Side => many(of, (i) => (i < failed ? { failed: true } : answered()));
const findingOf = ({ measures }: Comparison, name: string) => measures.find(({ measure }) => measure === name)?.finding;
const compared = (candidate: Side, rest: Side, measure: string, limits: Partial<typeof thresholds> = {}) =>
  findingOf(compare(candidate, rest, { ...thresholds, ...limits }), measure);

describe('errors', () => {
  it.each([
    ['one of three may be chance', 1, 3, 0, 100, 'uncertain'],
    ['one of one', 1, 1, 0, 5_000, 'uncertain'],
    ['two of two', 2, 2, 0, 5_000, 'uncertain'],
    ['as many as the rest', 10, 100, 10, 100, 'kept'],
    ['fewer than the rest', 1, 100, 10, 100, 'kept'],
    ['many more than the rest', 20, 100, 2, 100, 'exceeded'],
    ['a little more, of a few', 3, 50, 0, 50, 'uncertain'],
    ['a little more, of very many', 300, 5_000, 50, 5_000, 'exceeded'],
    ['nobody to compare with', 30, 100, 0, 0, 'exceeded'],
    ['no calls at all', 0, 0, 0, 100, 'unknown'],
  ])('%s: %d of %d to %d of %d is %s', (_, failed, of, restFailed, restOf, finding) => {
    expect(compared(failing(failed, of), failing(restFailed, restOf), 'error_rate')).toBe(finding);
  });

  it('have a ceiling that a few calls reach, if all fail, and the rest does not lift', () => {
    expect(compared(failing(3, 3), failing(0, 0), 'error_ceiling')).toBe('uncertain');
    expect(compared(failing(4, 4), failing(100, 100), 'error_ceiling')).toBe('exceeded');
    expect(compared(failing(1, 3), failing(0, 100), 'error_ceiling')).toBe('kept');
  });
});

describe('latency and cost', () => {
  const slow = (n: number, ms: number) => many(n, (i) => answered({ latencyMs: ms + (i % 10), usd: ms / 10_000 }));
  it.each([
    [100, 100, 'kept'],
    [140, 100, 'kept'],
    [300, 100, 'exceeded'],
  ])('%d ms to %d ms is %s', (own, rest, finding) => {
    expect(compared(slow(50, own), slow(50, rest), 'latency_ratio')).toBe(finding);
    expect(compared(slow(50, own), slow(50, rest), 'cost_ratio')).toBe(finding);
  });
  it('say nothing of a few calls, or where nobody knows', () => {
    expect(compared(slow(19, 900), slow(50, 100), 'latency_ratio')).toBe('unknown');
    expect(compared(slow(50, 900), slow(19, 100), 'cost_ratio')).toBe('unknown');
    expect(compared(slow(50, 900), slow(50, 100), 'first_token_ratio')).toBe('unknown');
  });
  it('leave out calls that failed', () => {
    const both = many(60, (i) => (i < 30 ? { failed: true, latencyMs: 60_000 } : answered()));
    expect(compared(both, slow(50, 100), 'latency_ratio')).toBe('kept');
  });
  it('are not led astray by one call in a hundred', () => {
    const outlier = many(100, (i) => answered({ latencyMs: i ? 100 : 60_000 }));
    expect(compared(outlier, slow(100, 100), 'latency_ratio')).toBe('kept');
  });
});

describe('feedback', () => {
  const said = (mean: number, n: number): Side => ({ calls: [], feedback: { mean, n } });
  it.each([
    [0.9, 100, 0.85, 100, 'kept'],
    [0.5, 200, 0.9, 200, 'exceeded'],
    [0.7, 25, 0.85, 25, 'uncertain'],
    [0.1, 19, 0.9, 500, 'unknown'],
  ])('%d of %d to %d of %d is %s', (mean, n, restMean, restN, finding) => {
    expect(compared(said(mean, n), said(restMean, restN), 'feedback_drop')).toBe(finding);
  });
});

describe('any calls', () => {
  const sample = fc.record({
    failed: fc.boolean(),
    latencyMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
    firstTokenMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
    usd: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  });
  const side = fc.record({ calls: fc.array(sample, { maxLength: 80 }) });

  it('are compared the same in whatever order they come', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        const turned = { calls: a.calls.toReversed() };
        expect(compare(turned, b, thresholds)).toEqual(compare(a, b, thresholds));
      }),
    );
  });
  it('never exceed a limit that they do not exceed as measured', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        const { measures } = compare(a, b, thresholds);
        const wrong = measures.filter(({ value, at_least: least, limit, finding }) => {
          const isBelow = finding === 'exceeded' && (value ?? 0) <= limit;
          return isBelow || (least ?? -Infinity) > (value ?? Infinity) + 1e-9;
        });
        expect(wrong).toEqual([]);
      }),
    );
  });
  it('exceed nothing when they went like the rest', () => {
    fc.assert(
      fc.property(side, (a) => {
        const found = compare(a, a, { ...thresholds, error_ceiling: 1 }).measures.map(({ finding }) => finding);
        expect(found).not.toContain('exceeded');
        expect(found).not.toContain('uncertain');
      }),
    );
  });
  it('are not better for one failure more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 51, max: 200 }), (failed, of) => {
        const order = ['kept', 'uncertain', 'exceeded'];
        const [before, after] = [failed, failed + 1].map((n) =>
          compared(failing(n, of), failing(1, 100), 'error_rate'),
        );
        expect(order.indexOf(after ?? '')).toBeGreaterThanOrEqual(order.indexOf(before ?? ''));
      }),
    );
  });
});
