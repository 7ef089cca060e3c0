/** Where somebody stands with regard to a limit per minute. */
export interface Rate {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until all of it is there again, or, for whoever was refused, until trying again makes sense. */
  readonly reset: number;
}

/** The limits that will be met first. */
export interface Rates {
  readonly requests?: Rate;
  readonly tokens?: Rate;
}

/** The one that will be met first. */
export function tightest(a: Rate, b: Rate | undefined): Rate {
  return b && b.remaining < a.remaining ? b : a;
}
