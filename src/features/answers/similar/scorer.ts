/** Tells how near questions are to each other, from 0 to 1. */
export interface Scorer {
  /** A score for each candidate, in their order. */
  score(query: string, candidates: readonly string[]): readonly number[] | Promise<readonly number[]>;
}
