import { EvalSuite } from '../../../platform/config/evals';
import { Suite } from '../suite';
import type { CaseResult } from './case-result';
import { evalReport } from './eval-report';
import { markdownReport } from './markdown';
import { heldAgainst } from './thresholds';

const CASES = ['a', 'b', 'c', 'd', 'e', 'f'];
const suiteOf = (thresholds: object) =>
  new Suite(
    EvalSuite.parse({
      name: 'it',
      description: 'It.',
      thresholds,
      scorers: [{ type: 'exact', value: 'x' }],
      cases: CASES.map((id) => ({ id, prompt: id })),
    }),
  );
const resultOf = (id: string, score: number, more: Partial<CaseResult> = {}): CaseResult => ({
  case: id,
  score,
  passed: score === 1,
  weight: 1,
  tags: [],
  scores: [],
  cost_usd: '0.010000',
  scoring_cost_usd: '0.000000',
  ...more,
});
const results = (...scores: number[]) => CASES.map((id, i) => resultOf(id, scores[i] ?? 0));

describe('thresholds', () => {
  const measured = {
    score: 0.8,
    passRate: 0.5,
    errors: 1,
    cost: 2_000_000_000_000n,
    dearest: 10n,
    latencyP95: undefined,
  };
  it.each([
    [{ minScore: 0.8 }, true],
    [{ minScore: 0.81 }, false],
    [{ minPassRate: 0.5 }, true],
    [{ maxErrors: 0 }, false],
    [{ maxCostUsd: 2 }, true],
    [{ maxCostUsd: 1.99 }, false],
    [{ maxCostPerCaseUsd: 0 }, false],
    // what was not measured is not kept
    [{ maxLatencyP95Ms: 1_000 }, false],
  ])('%j: %s', (thresholds, passed) => {
    expect(heldAgainst(thresholds, measured)).toEqual([expect.objectContaining({ passed })]);
  });
  it('ask for a drop only where there is a baseline', () => {
    expect(heldAgainst({ maxScoreDrop: 0 }, measured)).toEqual([]);
    expect(heldAgainst({ maxScoreDrop: 0.1 }, { ...measured, scoreDrop: 0.2 })).toMatchObject([{ passed: false }]);
  });
});

describe('a report', () => {
  it('passes when every model does; the baseline is only compared with', () => {
    const suite = suiteOf({ minScore: 0.9 });
    const all = new Map([
      ['new', results(1, 1, 1, 1, 1, 1)],
      ['old', results(0, 0, 0, 0, 0, 0)],
    ]);
    expect(evalReport(suite, { baseline: 'old' }, all)).toMatchObject({ passed: true, baseline: 'old' });
    expect(evalReport(suite, {}, all)).toMatchObject({ passed: false });
  });

  it('says how far a model is from the baseline, and whether that may be chance', () => {
    const suite = suiteOf({ maxScoreDrop: 0.1 });
    const all = new Map([
      ['new', results(0, 0, 0, 0, 0, 0)],
      ['old', results(1, 1, 1, 1, 1, 1)],
    ]);
    const [model] = evalReport(suite, { baseline: 'old' }, all).models;
    expect(model).toMatchObject({ passed: false, baseline: { score_difference: -1, significant: true } });
    const few = new Map([
      ['new', results(1, 1, 1, 1, 1, 0)],
      ['old', results(1, 1, 1, 1, 0, 1)],
    ]);
    expect(evalReport(suite, { baseline: 'old' }, few).models[0]).toMatchObject({ baseline: { significant: false } });
  });

  it('weighs cases, and counts what was not answered or not scored as an error', () => {
    const own = [
      resultOf('a', 1, { weight: 3 }),
      resultOf('b', 0, { error: { code: 'provider_failed', message: 'no' } }),
      resultOf('c', 0, {
        weight: 0,
        scores: [{ scorer: 'judge', score: 0, passed: false, weight: 1, error: { code: 'x', message: 'y' } }],
      }),
    ];
    const [model] = evalReport(suiteOf({}), {}, new Map([['new', own]])).models;
    expect(model).toMatchObject({ score: 0.75, errors: 2, cases: 3, cost_usd: '0.030000', latency_ms: { p50: null } });
  });

  it('is text for people, whatever a judge wrote', () => {
    const why = '<script>| [x](http://y) |\n# head';
    const own = [resultOf('a', 0, { scores: [{ scorer: 'judge', score: 0, passed: false, weight: 1, why }] })];
    const text = markdownReport(evalReport(suiteOf({ minScore: 1 }), {}, new Map([['new', own]])));
    expect(text).toContain('# Eval of it: not passed');
    expect(text).toContain('min\\_score 1 (is 0)'.replace('\\', ''));
    expect(text).not.toMatch(/<script>|\[x\]\(|\n# head/);
  });
});
