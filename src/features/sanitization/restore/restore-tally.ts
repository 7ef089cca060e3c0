/** How often a token was put back, and how often something looked like one that was not of this call. */
export interface RestoreTally {
  values: number;
  misses: number;
}
