import { picosOfUsd, type Picos, usdText } from '../../../contract/money';
import type { EvalThresholds } from '../../../platform/config/evals';
import { pairedBootstrap } from '../statistics/paired-bootstrap';
import { quantile } from '../statistics/quantile';
import { type CaseResult, isError } from './case-result';
import { heldAgainst, type ThresholdLine } from './thresholds';

/** How a model did. */
export type ModelReport = {
  readonly model: string;
  /** It keeps every threshold. */
  readonly passed: boolean;
  /** 0 to 1: of its cases, by their weights. A case without an answer is 0. */
  readonly score: number;
  readonly pass_rate: number;
  readonly cases: number;
  readonly errors: number;
  /** `provider/model`, of all that answered. */
  readonly answered_by: readonly string[];
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: string;
  readonly scoring_cost_usd: string;
  readonly by_tag: readonly {
    readonly tag: string;
    readonly cases: number;
    readonly score: number;
    readonly pass_rate: number;
  }[];
  readonly latency_ms: { readonly p50: number | null; readonly p95: number | null };
  readonly baseline?: AgainstBaseline;
  readonly thresholds: readonly ThresholdLine[];
  readonly results: readonly CaseResult[];
};

/** How far a model is from another, by the same cases. */
type AgainstBaseline = {
  readonly model: string;
  readonly score: number;
  readonly score_difference: number;
  /** In which the difference lies with 95 % confidence, as far as these cases tell. */
  readonly interval: readonly [number, number];
  /** The interval leaves out 0. */
  readonly significant: boolean;
};

interface Ran {
  readonly model: string;
  readonly results: readonly CaseResult[];
}

/** @param baseline how the same cases went with the model that it is compared with */
export function modelReport({ model, results }: Ran, thresholds: EvalThresholds, baseline?: Ran): ModelReport {
  const totals = totalsOf(results);
  const against = baseline && againstBaseline(results, baseline);
  const lines = heldAgainst(thresholds, { ...totals, scoreDrop: against && -against.score_difference });
  return {
    model,
    passed: lines.every((line) => line.passed),
    answered_by: [...new Set(results.flatMap(({ answered_by: by }) => by ?? []))],
    score: totals.score,
    pass_rate: totals.passRate,
    cases: results.length,
    errors: totals.errors,
    input_tokens: totals.inputTokens,
    output_tokens: totals.outputTokens,
    cost_usd: usdText(totals.cost),
    scoring_cost_usd: usdText(totals.scoringCost),
    latency_ms: { p50: totals.latencyP50 ?? null, p95: totals.latencyP95 ?? null },
    by_tag: byTag(results),
    ...(against && { baseline: against }),
    thresholds: lines,
    results,
  };
}

function totalsOf(results: readonly CaseResult[]) {
  const latencies = results.flatMap(({ latency_ms: ms }) => ms ?? []);
  const costs = results.map((result) => picosOfUsd(result.cost_usd));
  const sum = (field: 'input_tokens' | 'output_tokens') =>
    results.reduce((all, result) => all + (result[field] ?? 0), 0);
  return {
    score: scoreOf(results),
    passRate: results.filter(({ passed }) => passed).length / results.length,
    errors: results.filter(isError).length,
    cost: added(costs),
    dearest: costs.reduce((most, cost) => (cost > most ? cost : most), 0n),
    scoringCost: added(results.map((result) => picosOfUsd(result.scoring_cost_usd))),
    latencyP50: quantile(latencies, 0.5),
    latencyP95: quantile(latencies, 0.95),
    inputTokens: sum('input_tokens'),
    outputTokens: sum('output_tokens'),
  };
}

/** By the weights of the cases; the same for all where none has one. */
function scoreOf(results: readonly CaseResult[]): number {
  const weight = results.reduce((sum, result) => sum + result.weight, 0);
  const weightOf = (result: CaseResult) => (weight ? result.weight / weight : 1 / results.length);
  return rounded(results.reduce((sum, result) => sum + result.score * weightOf(result), 0));
}

/** Both were asked the same cases: those that either could not answer count as they were scored. */
function againstBaseline(results: readonly CaseResult[], baseline: Ran): AgainstBaseline {
  const theirs = new Map(baseline.results.map((result) => [result.case, result]));
  const pairs = results.flatMap((result) => {
    const other = theirs.get(result.case);
    return other ? [{ difference: result.score - other.score, weight: result.weight }] : [];
  });
  const difference = pairedBootstrap(pairs);
  return {
    model: baseline.model,
    score: scoreOf(baseline.results),
    score_difference: rounded(difference?.mean ?? 0),
    interval: [rounded(difference?.low ?? 0), rounded(difference?.high ?? 0)],
    significant: difference?.significant ?? false,
  };
}

function byTag(results: readonly CaseResult[]) {
  const tags = [...new Set(results.flatMap((result) => result.tags))].sort();
  return tags.map((tag) => {
    const own = results.filter((result) => result.tags.includes(tag));
    return {
      tag,
      cases: own.length,
      score: scoreOf(own),
      pass_rate: rounded(own.filter((one) => one.passed).length / own.length),
    };
  });
}

const added = (amounts: readonly Picos[]): Picos => amounts.reduce((sum, one) => sum + one, 0n);
const rounded = (share: number): number => Math.round(share * 1e6) / 1e6;
