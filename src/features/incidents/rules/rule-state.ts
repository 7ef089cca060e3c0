export interface RuleBounds {
  /** From this value on. */
  readonly threshold: number;
  /** Once heard, until it is below this one. */
  readonly below: number;
  /** How long it must stay there before it is heard, in milliseconds. */
  readonly forMs: number;
}

/** Whether one rule is heard of one thing. Between the two bounds it stays what it was. */
export class RuleState {
  private since: number | undefined;
  private isHeard = false;

  constructor(private readonly bounds: RuleBounds) {}

  /** It is heard, or about to be. */
  get stirs(): boolean {
    return this.since !== undefined;
  }

  /**
   * @param value undefined where nothing can be said: then there is nothing to hear
   * @returns since when it is heard, in milliseconds; undefined where it is not
   */
  judge(value: number | undefined, now: number): number | undefined {
    const { threshold, below, forMs } = this.bounds;
    const bound = this.isHeard ? Math.min(below, threshold) : threshold;
    if (value === undefined || value < bound) {
      this.since = undefined;
      this.isHeard = false;
      return undefined;
    }
    this.since ??= now;
    this.isHeard ||= now - this.since >= forMs;
    return this.isHeard ? this.since : undefined;
  }
}
