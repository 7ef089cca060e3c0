import { Breakers, type BreakerView, type Permit, type Target } from './breakers';
import { KnownBreakers, type KnownBreakersOptions } from './known-breakers';

/** Breakers of one process, which knows nothing of others. */
export class LocalBreakers extends Breakers {
  private readonly known: KnownBreakers;

  constructor(options: KnownBreakersOptions) {
    super();
    this.known = new KnownBreakers(options);
  }

  override admit(target: Target, withinMs: number): Permit {
    const known = this.known.of(target);
    const ticket = known.breaker.admit(withinMs);
    if (!ticket) throw known.refusal;
    return {
      began: () => known.breaker.began(ticket),
      ended: (outcome) => known.breaker.ended(ticket, outcome),
    };
  }

  override states(): readonly BreakerView[] {
    return this.known.views();
  }

  override renew(): void {
    this.known.renew();
  }
}
