import type { BreakerChanged, BreakerState } from '../../contract/events';
import type { BreakerPolicy } from '../../platform/config/policies';
import { CallWindow, NO_CALLS, sum, type CallCounts } from './call-window';

export type BreakerChange = Pick<BreakerChanged, 'from' | 'to' | 'reason'>;
/** `ignored` says nothing about the provider: the caller left, or was at fault. */
export type CallOutcome = 'success' | 'failure' | 'ignored';

/** A call that was let through. Says which time of the breaker it belongs to: what comes late changes nothing. */
export interface Ticket {
  /** When the call left; whether it is slow is seen from there. */
  startedAt: number;
  era: number;
  slow?: boolean;
  /** It was a probe that closed the breaker: only should it break later does it count in the new window. */
  closed?: true;
}

/** What breakers of the same model tell each other; times are from now. */
export interface SharedState {
  readonly state: BreakerState;
  readonly openForMs: number;
  /** Probes that succeeded in a row. */
  readonly successes: number;
  /** How long the place of the one probe is taken. */
  readonly probeForMs: number;
}

/**
 * Closed, it lets calls pass and counts them; open, it lets none pass; half open, one at a time, as a probe. Pure: time is
 * the clock it is given, and what others know it is told.
 */
export class CircuitBreaker {
  state: BreakerState = 'closed';
  since: number;
  openUntil = 0;
  /** Counts what others should learn of: every change but those learnt from them. */
  revision = 0;
  private successes = 0;
  private probe: { readonly ticket?: Ticket; readonly until: number } | undefined;
  private era = 0;
  private window: CallWindow;
  private others = NO_CALLS;

  constructor(
    private policy: BreakerPolicy,
    private readonly clock: () => number,
    /** Called after every revision, and with the change where the state is another one. */
    private readonly changed: (change?: BreakerChange) => void = () => undefined,
  ) {
    this.since = clock();
    this.window = new CallWindow(policy.windowMs, clock);
  }

  /** Another policy holds from now on; a window of another length begins empty. */
  take(policy: BreakerPolicy): void {
    if (policy.windowMs !== this.policy.windowMs) this.window = new CallWindow(policy.windowMs, this.clock);
    this.policy = policy;
  }

  /**
   * Undefined when the call must not be made.
   * @param leaseMs a probe that has not been heard of by then has lost its place
   */
  admit(leaseMs: number): Ticket | undefined {
    const startedAt = this.clock();
    if (this.state === 'closed') return { startedAt, era: this.era };
    if (this.waitMs > 0) return undefined;
    if (this.state === 'open') {
      this.successes = 0;
      this.become('half_open', 'probe');
    }
    const ticket = { startedAt, era: this.era };
    this.probe = { ticket, until: startedAt + leaseMs };
    this.revise();
    return ticket;
  }

  /** The answer has begun. For a probe that is success enough: nobody should wait for the end of a long answer. */
  began(ticket: Ticket): void {
    this.clockIn(ticket);
    if (!this.isProbe(ticket)) return;
    if (ticket.slow) return this.open('probe');
    this.probe = undefined;
    if (++this.successes < this.policy.probes) return this.revise();
    this.close();
    ticket.era = this.era;
    ticket.closed = true;
  }

  /** Once for each ticket. */
  ended(ticket: Ticket, outcome: CallOutcome): void {
    if (outcome === 'success' && this.isProbe(ticket)) this.began(ticket);
    if (ticket.era !== this.era) return;
    if (this.state === 'closed') return this.count(ticket, outcome);
    if (outcome === 'failure') return this.open('probe');
    if (!this.isProbe(ticket)) return;
    this.probe = undefined;
    this.revise();
  }

  /** The ticket is the probe whose outcome decides. */
  isProbe(ticket: Ticket): boolean {
    return this.probe?.ticket === ticket;
  }

  /** Milliseconds until the next call may pass; 0 when it may. */
  get waitMs(): number {
    if (this.state === 'closed') return 0;
    return Math.max(0, Math.max(this.openUntil, this.probe?.until ?? 0) - this.clock());
  }

  /** In the window, here; nothing unless it is closed. */
  get ownCounts(): CallCounts {
    return this.window.counts;
  }

  get counts(): CallCounts {
    return sum(this.window.counts, this.others);
  }

  /** How many calls there are elsewhere in the same window. */
  hear(others: CallCounts): void {
    this.others = others;
    if (this.state === 'closed' && others.calls > 0) this.judge();
  }

  /** Another breaker went ahead: its state is the state. */
  adopt({ state, openForMs, successes, probeForMs }: SharedState): void {
    const now = this.clock();
    this.openUntil = now + openForMs;
    this.successes = successes;
    this.probe = probeForMs > 0 ? { until: now + probeForMs } : undefined;
    this.become(state, 'replica');
  }

  /** The place of the probe is taken for so long, by a call elsewhere. */
  yieldProbe(forMs: number): void {
    this.probe = forMs > 0 ? { until: this.clock() + forMs } : undefined;
  }

  get shared(): SharedState {
    const now = this.clock();
    return {
      state: this.state,
      openForMs: Math.max(0, this.openUntil - now),
      successes: this.successes,
      probeForMs: this.probe?.ticket ? Math.max(0, this.probe.until - now) : 0,
    };
  }

  private clockIn(ticket: Ticket): void {
    ticket.slow ??= this.clock() - ticket.startedAt > this.policy.slowMs;
  }

  private count(ticket: Ticket, outcome: CallOutcome): void {
    if (outcome === 'ignored' || (outcome === 'success' && ticket.closed)) return;
    this.clockIn(ticket);
    this.window.add(outcome === 'failure', ticket.slow === true);
    this.judge();
  }

  private judge(): void {
    const { calls, failures, slow } = this.counts;
    const { minimumCalls, failureRatio, slowRatio } = this.policy;
    if (calls < minimumCalls) return;
    if (failures > 0 && failures / calls >= failureRatio) this.open('failures');
    else if (slow > 0 && slow / calls >= slowRatio) this.open('slow');
  }

  private open(reason: BreakerChange['reason']): void {
    this.probe = undefined;
    this.openUntil = this.clock() + this.policy.openMs;
    this.become('open', reason);
    this.revise();
  }

  private close(): void {
    this.become('closed', 'probe');
    this.revise();
  }

  private become(to: BreakerState, reason: BreakerChange['reason']): void {
    const from = this.state;
    this.era++;
    this.window.clear();
    this.others = NO_CALLS;
    if (from === to) return;
    this.state = to;
    this.since = this.clock();
    this.changed({ from, to, reason });
  }

  private revise(): void {
    this.revision++;
    this.changed();
  }
}
