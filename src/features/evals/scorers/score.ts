/** What one scorer says of one answer. */
export interface Score {
  /** 0 to 1. */
  readonly score: number;
  readonly passed: boolean;
  /** Why it is not 1; never the answer itself. */
  readonly why?: string;
}

/** All or nothing. @param why it is nothing */
export function verdict(passed: boolean, why: string): Score {
  return passed ? { score: 1, passed } : { score: 0, passed, why };
}
