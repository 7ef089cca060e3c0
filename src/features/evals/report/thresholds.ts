import { picosOfUsd, type Picos } from '../../../contract/money';
import type { EvalThresholds } from '../../../platform/config/evals';

/** What is held against thresholds. */
export interface Measured {
  readonly score: number;
  readonly passRate: number;
  readonly errors: number;
  readonly cost: Picos;
  readonly dearest: Picos;
  readonly latencyP95: number | undefined;
  /** Below the baseline; negative when it is better. Absent where there is none. */
  readonly scoreDrop?: number | undefined;
}

export type ThresholdLine = {
  readonly threshold: string;
  readonly limit: number;
  /** null: it could not be measured. */
  readonly value: number | null;
  readonly passed: boolean;
};

/** As much as a number loses on its way through decimals. */
const SLACK = 1e-9;

/** Each threshold that is set, and whether it is kept. What could not be measured is not kept; a drop needs a baseline. */
export function heldAgainst(thresholds: EvalThresholds, measured: Measured): readonly ThresholdLine[] {
  const { score, passRate, errors, cost, dearest, latencyP95, scoreDrop } = measured;
  const lines: (ThresholdLine | undefined)[] = [
    atLeast('min_score', thresholds.minScore, score),
    atLeast('min_pass_rate', thresholds.minPassRate, passRate),
    atMost('max_errors', thresholds.maxErrors, errors),
    costs('max_cost_usd', thresholds.maxCostUsd, cost),
    costs('max_cost_per_case_usd', thresholds.maxCostPerCaseUsd, dearest),
    atMost('max_latency_p95_ms', thresholds.maxLatencyP95Ms, latencyP95),
    scoreDrop === undefined ? undefined : atMost('max_score_drop', thresholds.maxScoreDrop, scoreDrop),
  ];
  return lines.flatMap((line) => line ?? []);
}

function atLeast(threshold: string, limit: number | undefined, value: number): ThresholdLine | undefined {
  return limit === undefined ? undefined : { threshold, limit, value, passed: value >= limit - SLACK };
}

function atMost(threshold: string, limit: number | undefined, value: number | undefined): ThresholdLine | undefined {
  if (limit === undefined) return undefined;
  return { threshold, limit, value: value ?? null, passed: value !== undefined && value <= limit + SLACK };
}

function costs(threshold: string, limit: number | undefined, spent: Picos): ThresholdLine | undefined {
  if (limit === undefined) return undefined;
  return { threshold, limit, value: Number(spent) / 1e12, passed: spent <= picosOfUsd(limit) };
}
