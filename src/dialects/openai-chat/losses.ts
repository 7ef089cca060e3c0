/** What an encoded request cannot say, in words that a caller of another dialect understands. */
export interface Losses {
  /** Without these the request would mean something else: it is refused. */
  readonly missing: Set<string>;
  /** Left out, and reported. */
  readonly dropped: Set<string>;
}
