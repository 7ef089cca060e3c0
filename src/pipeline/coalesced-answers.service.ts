import { Injectable } from '@nestjs/common';
import type { CushionedCall } from '../contract/call';
import { GatewayError } from '../contract/errors';
import type { CacheReason, CacheUse, Reply } from '../contract/reply';
import {
  type Flight,
  Flights,
  type KeptAnswer,
  type Landing,
  type Lease,
  Leases,
  PastAnswers,
  readAhead,
  type Told,
  Waiting,
} from '../features/answers';
import type { Policy } from '../platform/config/effective-policy';
import { savedReply } from './kept-reply';
import { Revalidation } from './revalidation.service';

/** Longest wait for another process; then this one asks as well. */
const ELSEWHERE_MS = 30_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;
const GROWTH = 1.5;

/** What says more of the one call than of the others. */
const OWN_FAILURES: ReadonlySet<string> = new Set(['client_closed', 'deadline_exceeded', 'budget_exhausted']);

interface Shared {
  readonly answer: KeptAnswer;
  readonly use: Extract<CacheUse, 'hit' | 'stale' | 'coalesced'>;
  /** Another model gave it. */
  readonly isFallback?: boolean;
}
/** Asks a model. `told` is called once, however that ends, unless it throws. */
type Ask = (why: CacheReason, told?: (end: Told) => void) => Promise<Reply>;

/** The answer to the same request: one that is kept, or the one that an equal call is waiting for. */
@Injectable()
export class CoalescedAnswers {
  private readonly flights = new Flights<Shared>();

  constructor(
    private readonly answers: PastAnswers,
    private readonly leases: Leases,
    private readonly revalidation: Revalidation,
  ) {}

  /** @param ask makes the call, for this one and for all that wait for it */
  async answer(call: CushionedCall, key: string, policy: Policy, ask: Ask): Promise<Reply> {
    const { totalMs } = policy.timeout;
    const deadlineAt = call.startedAt + Math.min(call.timeoutMs ?? totalMs, totalMs);
    const waiting = new Waiting(deadlineAt, call.signal);
    const entered = await this.flights.enter(`${call.caller.tenantId}/${key}`, waiting);
    if (entered.kind === 'answered') return given(entered.answer, call);
    if (entered.kind === 'alone') return ask('alone');
    return new Leader(this.parts(), { call, key, policy, ask, waiting, flight: entered.flight }).answer();
  }

  private parts() {
    return { answers: this.answers, leases: this.leases, revalidation: this.revalidation };
  }
}

interface Leading {
  readonly call: CushionedCall;
  readonly key: string;
  readonly policy: Policy;
  readonly ask: Ask;
  readonly waiting: Waiting;
  readonly flight: Flight<Shared>;
}

/** The one of equal calls that looks, and asks. */
class Leader {
  private lease: Lease | undefined;

  constructor(
    private readonly parts: ReturnType<CoalescedAnswers['parts']>,
    private readonly leading: Leading,
  ) {}

  async answer(): Promise<Reply> {
    const { call } = this.leading;
    // an answer that nobody reads any more may never end
    call.signal.addEventListener('abort', () => this.land({ kind: 'released' }), { once: true });
    try {
      const found = await this.find();
      if (typeof found !== 'string') return this.give(found);
      const meanwhile = await this.turn();
      return meanwhile ? this.give(meanwhile) : await this.asked(found);
    } catch (error) {
      this.land(landingOf(error));
      throw error;
    }
  }

  private give(shared: Shared): Reply {
    const { call, key } = this.leading;
    this.land({ kind: 'answered', answer: shared });
    if (shared.use === 'stale') this.parts.revalidation.begin(call, key);
    return given(shared, call);
  }

  private async asked(why: CacheReason): Promise<Reply> {
    const { ask, flight } = this.leading;
    let isFallback = false;
    const reply = await ask(why, (end) => {
      if (end.kind === 'answered') {
        const { answer, kept } = end;
        this.land(
          answer ? { kind: 'answered', answer: { answer, use: 'coalesced', isFallback } } : { kind: 'alone' },
          kept,
        );
      } else this.land(end.kind === 'failed' ? landingOf(end.error) : { kind: 'released' });
    });
    isFallback = reply.degraded === 'fallback';
    return { ...reply, pieces: readAhead(reply.pieces, flight.awaited()) };
  }

  /** A kept answer that will do, or why there is none. */
  private async find(): Promise<Shared | 'absent' | 'expired'> {
    const { call, key, policy } = this.leading;
    const { answers } = this.parts;
    const answer = await answers.find(call.caller, key, Infinity);
    if (!answer) return 'absent';
    const { ttlSeconds, swrSeconds } = policy.cache;
    const age = answers.ageOf(answer);
    if (age > ttlSeconds + swrSeconds) return 'expired';
    return { answer, use: age > ttlSeconds ? 'stale' : 'hit' };
  }

  /** Waits for the right to ask. @returns what another process was answered meanwhile */
  private async turn(): Promise<Shared | undefined> {
    const { key, waiting } = this.leading;
    const until = performance.now() + ELSEWHERE_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * GROWTH, LONGEST_PAUSE_MS)) {
      this.lease = await this.parts.leases.take(key);
      if (this.lease && !this.lease.shared) return undefined;
      const found = await this.find();
      if (typeof found !== 'string' && found.use === 'hit') return { ...found, use: 'coalesced' };
      if (this.lease || performance.now() > until) return undefined;
      await waiting.pause(pause);
    }
  }

  /** Only the first time counts. The others may ask once what was answered can be found. */
  private land(landing: Landing<Shared>, kept?: Promise<void>): void {
    this.leading.flight.land(landing);
    const { lease } = this;
    this.lease = undefined;
    if (lease) void Promise.resolve(kept).finally(() => void lease.release());
  }
}

function given({ answer, use, isFallback }: Shared, call: CushionedCall): Reply {
  if (isFallback) call.record.note('degraded', 'fallback');
  return { ...savedReply(answer, use, call), ...(isFallback && { degraded: 'fallback' }) };
}

function landingOf(error: unknown): Landing<Shared> {
  return OWN_FAILURES.has(GatewayError.from(error).code) ? { kind: 'released' } : { kind: 'failed', error };
}
