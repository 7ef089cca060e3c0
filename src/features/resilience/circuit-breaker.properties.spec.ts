import fc from 'fast-check';
import { DEFAULTS, type BreakerPolicy } from '../../platform/config/policies';
import { CircuitBreaker, type CallOutcome, type Ticket } from './circuit-breaker';

/** What the breaker must do, said as simply as it can be: every event is kept, everything is computed from scratch. */
class Model {
  state: 'closed' | 'open' | 'half_open' = 'closed';
  private openedAt = 0;
  private probe: { id: number; until: number } | undefined;
  private successes = 0;
  private era = 0;
  private events: { at: number; failed: boolean; slow: boolean }[] = [];
  private readonly calls = new Map<number, { era: number; at: number; slow?: boolean; closed?: true }>();

  constructor(private readonly policy: BreakerPolicy) {}

  admit(id: number, now: number, leaseMs: number): boolean {
    if (this.state !== 'closed') {
      if (now < this.openedAt + this.policy.openMs) return false;
      if (this.probe && now < this.probe.until) return false;
      if (this.state === 'open') this.enter('half_open');
      this.probe = { id, until: now + leaseMs };
    }
    this.calls.set(id, { era: this.era, at: now });
    return true;
  }

  began(id: number, now: number): void {
    const call = this.calls.get(id);
    if (!call) throw new Error('never admitted');
    call.slow ??= now - call.at > this.policy.slowMs;
    if (this.probe?.id !== id) return;
    this.probe = undefined;
    if (call.slow) this.open(now);
    else if (++this.successes === this.policy.probes) {
      this.enter('closed');
      call.era = this.era;
      call.closed = true;
    }
  }

  ended(id: number, outcome: CallOutcome, now: number): void {
    if (outcome === 'success') this.began(id, now);
    const call = this.calls.get(id);
    if (!call || call.era !== this.era) return;
    if (this.state === 'half_open') {
      if (outcome === 'failure') this.open(now);
      else if (this.probe?.id === id) this.probe = undefined;
    } else if (outcome === 'failure' || (outcome === 'success' && !call.closed)) {
      const slow = call.slow ?? now - call.at > this.policy.slowMs;
      this.events.push({ at: now, failed: outcome === 'failure', slow });
      const { calls, failures, slow: late } = this.counts(now);
      const { minimumCalls, failureRatio, slowRatio } = this.policy;
      const tooMany = (count: number, share: number) => count > 0 && count / calls >= share;
      if (calls >= minimumCalls && (tooMany(failures, failureRatio) || tooMany(late, slowRatio))) this.open(now);
    }
  }

  counts(now: number) {
    const tenth = (at: number) => Math.floor(at / (this.policy.windowMs / 10));
    const seen = this.events.filter(({ at }) => tenth(at) > tenth(now) - 10);
    return {
      calls: seen.length,
      failures: seen.filter(({ failed }) => failed).length,
      slow: seen.filter(({ slow }) => slow).length,
    };
  }

  private open(now: number): void {
    this.openedAt = now;
    this.enter('open');
  }

  private enter(state: Model['state']): void {
    this.state = state;
    this.era++;
    this.events = [];
    this.probe = undefined;
    this.successes = 0;
  }
}

type Step =
  | { do: 'wait'; ms: number }
  | { do: 'ask' }
  | { do: 'begin'; nth: number }
  | { do: 'end'; nth: number; outcome: CallOutcome }
  /** A call that nobody ever hears of again. */
  | { do: 'lose'; nth: number };

const nth = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(150) }) },
  { weight: 5, arbitrary: fc.constant({ do: 'ask' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('begin' as const), nth }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      nth,
      outcome: fc.constantFrom<CallOutcome>('success', 'failure', 'failure', 'ignored'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), nth }) },
);
const ratio = fc.constantFrom(0, 0.1, 0.3, 0.5, 0.9, 1);
const policy: fc.Arbitrary<BreakerPolicy> = fc
  .record({
    windowMs: fc.integer({ min: 100, max: 1_000 }),
    minimumCalls: fc.integer({ min: 1, max: 6 }),
    failureRatio: ratio,
    slowMs: fc.integer({ min: 1, max: 120 }),
    slowRatio: ratio,
    openMs: fc.integer({ min: 1, max: 400 }),
    probes: fc.integer({ min: 1, max: 3 }),
  })
  .map((fields) => ({ ...DEFAULTS.breaker, ...fields }));
const LEASE_MS = 300;

function play(breaker: CircuitBreaker, steps: readonly Step[], time: { now: number }, watch: Watcher = {}): void {
  const open: { id: number; ticket: Ticket }[] = [];
  const take = (index: number) => open.splice(index % open.length, 1)[0];
  let ids = 0;
  for (const one of steps) {
    if (one.do === 'wait') time.now += one.ms;
    else if (one.do === 'ask') {
      const ticket = breaker.admit(LEASE_MS);
      watch.asked?.(++ids, ticket);
      if (ticket) open.push({ id: ids, ticket });
    } else if (open.length) {
      if (one.do === 'begin') {
        const call = open[one.nth % open.length];
        if (call) breaker.began(call.ticket);
        if (call) watch.began?.(call.id);
      } else {
        const call = take(one.nth);
        if (call && one.do === 'end') {
          breaker.ended(call.ticket, one.outcome);
          watch.ended?.(call.id, one.outcome);
        }
      }
    }
    watch.stepped?.();
  }
}
interface Watcher {
  asked?: (id: number, ticket: Ticket | undefined) => void;
  began?: (id: number) => void;
  ended?: (id: number, outcome: CallOutcome) => void;
  stepped?: () => void;
}

const check = (property: (policy: BreakerPolicy, steps: Step[]) => void) =>
  fc.assert(fc.property(policy, fc.array(step, { maxLength: 200, size: 'max' }), property), { numRuns: 300 });

describe('CircuitBreaker, whatever happens', () => {
  it('does what the simplest breaker would do', () => {
    let opened = 0;
    let closed = 0;
    check((settings, steps) => {
      const time = { now: 1_000 };
      const model = new Model(settings);
      const breaker = new CircuitBreaker(
        settings,
        () => time.now,
        (change) => {
          if (change?.to === 'open') opened++;
          if (change?.to === 'closed') closed++;
        },
      );
      const [seen, wanted]: [unknown[], unknown[]] = [[], []];
      play(breaker, steps, time, {
        asked: (id, ticket) => {
          seen.push(ticket !== undefined);
          wanted.push(model.admit(id, time.now, LEASE_MS));
        },
        began: (id) => model.began(id, time.now),
        ended: (id, outcome) => model.ended(id, outcome, time.now),
        stepped: () => {
          seen.push(breaker.state, breaker.counts);
          wanted.push(model.state, model.counts(time.now));
        },
      });
      expect(seen).toEqual(wanted);
    });
    // sequences that never open it would prove nothing
    expect(Math.min(opened, closed)).toBeGreaterThan(30);
  });

  it('lets nothing pass while it is open, and one probe at a time after that', () => {
    check((settings, steps) => {
      const time = { now: 1_000 };
      let openedAt = -Infinity;
      let probe: { id: number; until: number } | undefined;
      const breaker = new CircuitBreaker(
        settings,
        () => time.now,
        (change) => {
          if (change?.to !== 'open') return;
          openedAt = time.now;
          probe = undefined; // it was of a time that is over
        },
      );
      const decided = (id: number) => {
        if (probe?.id === id) probe = undefined;
      };
      play(breaker, steps, time, {
        asked: (id, ticket) => {
          if (!ticket || breaker.state === 'closed') return;
          if (time.now - openedAt < settings.openMs) throw new Error('passed too early');
          if (probe && time.now < probe.until) throw new Error('two probes');
          probe = { id, until: time.now + LEASE_MS };
        },
        began: decided,
        ended: decided,
      });
    });
  });

  it('never stays shut for a provider that is well again', () => {
    check((settings, steps) => {
      const time = { now: 1_000 };
      const breaker = new CircuitBreaker(settings, () => time.now);
      play(breaker, steps, time);
      time.now += settings.openMs + LEASE_MS;
      for (let i = 0; i < settings.probes && breaker.state !== 'closed'; i++) {
        const ticket = breaker.admit(LEASE_MS);
        expect(ticket).toBeDefined();
        if (ticket) breaker.ended(ticket, 'success');
      }
      expect(breaker.state).toBe('closed');
    });
  });
});
