import type { Config } from '../../platform/config/config';

export interface BatchLimits {
  readonly lines: number;
  readonly lineBytes: number;
  readonly jsonDepth: number;
  readonly jsonNodes: number;
  /** The largest answer to a line that is kept. */
  readonly answerBytes: number;
  /** Lines under way at a time. */
  readonly parallel: number;
}

/** A line may be what the body of a call may be. */
export function batchLimits({ batches, jobs, limits }: Pick<Config, 'batches' | 'jobs' | 'limits'>): BatchLimits {
  const { bodyBytes: lineBytes, jsonDepth, jsonNodes } = limits;
  return { ...batches, lineBytes, jsonDepth, jsonNodes, answerBytes: jobs.resultBytes };
}
