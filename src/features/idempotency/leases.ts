import type { Claim } from './claim';

const BEATS_PER_LEASE = 3;

export interface LeasesOptions {
  readonly leaseMs: number;
  /** A claim that is held for longer was forgotten: it is given up. */
  readonly longestMs: () => number;
  readonly renew: (claims: readonly Claim[]) => Promise<void>;
  readonly now?: () => number;
}

/** Keeps the claims of this process alive, all of them with one statement to a beat. No claims, no beats. */
export class Leases {
  private readonly held = new Map<Claim, { readonly until: number; readonly lost: () => void }>();
  private timer: NodeJS.Timeout | undefined;
  private beating = false;

  constructor(private readonly options: LeasesOptions) {}

  /** @param lost called when the claim is given up */
  hold(claim: Claim, lost: () => void): void {
    this.held.set(claim, { until: this.now() + this.options.longestMs(), lost });
    this.timer ??= setInterval(() => void this.beat(), this.options.leaseMs / BEATS_PER_LEASE).unref();
  }

  drop(claim: Claim): void {
    this.held.delete(claim);
    if (!this.held.size) this.stop();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async beat(): Promise<void> {
    for (const [claim, { until, lost }] of this.held)
      if (until <= this.now()) {
        this.drop(claim);
        lost();
      }
    if (this.beating || !this.held.size) return;
    this.beating = true;
    try {
      await this.options.renew([...this.held.keys()]);
    } catch {
      // the next beat tries again; a claim that is lost in between is noticed when its answer is to be kept
    } finally {
      this.beating = false;
    }
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }
}
