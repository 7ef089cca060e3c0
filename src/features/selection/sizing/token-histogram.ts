/** Four buckets to each doubling: what a quantile is too high by is less than a fifth. */
const PER_DOUBLING = 4;
/** Up to two million tokens. */
const BUCKETS = 21 * PER_DOUBLING + 1;
/** When it holds so many, all of them count half: what was long ago is forgotten. */
const FULL = 2_000;

/** How many tokens answers had, roughly, in constant memory. */
export class TokenHistogram {
  private readonly counts = new Float32Array(BUCKETS);
  private total = 0;

  /** Answers that are remembered. */
  get size(): number {
    return this.total;
  }

  add(tokens: number): void {
    if (!(tokens >= 0)) return;
    if (this.total >= FULL) this.forget();
    const bucket = bucketOf(tokens);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.total++;
  }

  /** A number of tokens that this share of the answers did not exceed, and at most a fifth more; 0 when it is empty. */
  quantile(share: number): number {
    const wanted = this.total * share;
    let seen = 0;
    for (const [bucket, count] of this.counts.entries()) {
      seen += count;
      if (count > 0 && seen >= wanted) return Math.round(2 ** (bucket / PER_DOUBLING));
    }
    return 0;
  }

  private forget(): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.counts[bucket] = (this.counts[bucket] ?? 0) / 2;
    this.total /= 2;
  }
}

/** The first whose upper edge is no less. */
function bucketOf(tokens: number): number {
  return tokens <= 1 ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log2(tokens) * PER_DOUBLING - 1e-9));
}
