import type { Allowance, Quota } from '../../contract/reply';

type Kind = keyof Quota;

/** Vendors count by the minute: what they said without an end is true for so long. */
const BELIEVED_MS = 60_000;

/** What is left of one key, as its provider last said; forgotten when the provider has refilled it. */
export class RemainingQuota {
  private readonly known: { [K in Kind]?: { readonly remaining: number; readonly until: number } } = {};

  learn(quota: Quota, now: number): void {
    for (const kind of ['requests', 'tokens'] as const) {
      const allowance: Allowance | undefined = quota[kind];
      if (allowance)
        this.known[kind] = { remaining: allowance.remaining, until: now + (allowance.resetMs ?? BELIEVED_MS) };
    }
  }

  /** Undefined when nobody knows. */
  of(kind: Kind, now: number): number | undefined {
    const known = this.known[kind];
    return known && now < known.until ? known.remaining : undefined;
  }

  spent(now: number): boolean {
    return this.of('requests', now) === 0 || this.of('tokens', now) === 0;
  }
}
