import type { EvalInput } from '../eval-input';
import type { Suite } from '../suite';
import type { CaseResult } from './case-result';
import { type ModelReport, modelReport } from './model-report';

/** What a run gives. */
export type EvalReport = {
  readonly suite: string;
  readonly suite_hash: string;
  /** Every model passed that was asked for; the baseline is only compared with. */
  readonly passed: boolean;
  readonly baseline?: string;
  readonly models: readonly ModelReport[];
};

/** @param results of each model that was asked, in the order of the cases */
export function evalReport(
  suite: Suite,
  { baseline }: Pick<EvalInput, 'baseline'>,
  results: ReadonlyMap<string, readonly CaseResult[]>,
): EvalReport {
  const base = baseline === undefined ? undefined : { model: baseline, results: results.get(baseline) ?? [] };
  const models = Array.from(results, ([model, own]) =>
    modelReport({ model, results: own }, suite.written.thresholds, model === baseline ? undefined : base),
  );
  return {
    suite: suite.name,
    suite_hash: suite.hash,
    passed: models.every(({ model, passed }) => passed || model === baseline),
    ...(baseline !== undefined && { baseline }),
    models,
  };
}
