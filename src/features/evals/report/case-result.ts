import type { Failure } from '../part';
import type { ScoreLine } from '../score-case';

/** How a case went with a model, as reports show it. */
export type CaseResult = {
  readonly case: string;
  readonly score: number;
  /** Every scorer passed. */
  readonly passed: boolean;
  readonly weight: number;
  readonly tags: readonly string[];
  readonly scores: readonly ScoreLine[];
  readonly cost_usd: string;
  readonly scoring_cost_usd: string;
  /** Why there is no answer; the members below are there where there is one. */
  readonly error?: Failure;
  readonly answered_by?: string;
  /** Its beginning, where it is long. */
  readonly answer?: string;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  /** Absent where the answer was given again after a process died. */
  readonly latency_ms?: number;
};

/** No answer, or one that could not be scored. */
export function isError({ error, scores }: CaseResult): boolean {
  return error !== undefined || scores.some((line) => line.error !== undefined);
}
