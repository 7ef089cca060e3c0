import type { Month } from './retention-dates';

/** A month of the log: a stretch of indexes. */
export interface Segment {
  readonly month: Month;
  readonly first: number;
  readonly last: number;
  /** What headers and payloads take up; undefined when they were dropped. */
  readonly bytes: number | undefined;
}
