import { createHash } from 'node:crypto';
import { GatewayError } from '../../contract/errors';
import type { BreakerChanged } from '../../contract/events';
import type { BreakerPolicy } from '../../platform/config/policies';
import type { BreakerView, Target } from './breakers';
import { CircuitBreaker } from './circuit-breaker';

export interface KnownBreakersOptions {
  readonly policyOf: (target: Target) => BreakerPolicy;
  readonly onChange?: (change: BreakerChanged) => void;
  /** Milliseconds that never run backwards. */
  readonly clock?: () => number;
  readonly most?: number;
}

const MOST = 1_000;
const NAME_CHARACTERS = 200;
const HALF_A_CHARACTER = /\p{Surrogate}/gu;

/** A breaker and what it is for. */
export class KnownBreaker implements Target {
  readonly breaker: CircuitBreaker;
  windowMs: number;
  private readonly policyOf: KnownBreakersOptions['policyOf'];

  constructor(
    readonly name: string,
    { policyOf, onChange, clock = now }: KnownBreakersOptions,
    onRevision?: (known: KnownBreaker) => void,
  ) {
    this.policyOf = policyOf;
    const policy = policyOf(this);
    this.windowMs = policy.windowMs;
    this.breaker = new CircuitBreaker(policy, clock, (change) => {
      if (change) onChange?.({ provider: this.provider, model: this.model, ...change });
      else onRevision?.(this);
    });
  }

  renew(): void {
    const policy = this.policyOf(this);
    this.windowMs = policy.windowMs;
    this.breaker.take(policy);
  }

  get provider(): string {
    return this.name.slice(0, this.name.indexOf('/'));
  }

  get model(): string {
    return this.name.slice(this.name.indexOf('/') + 1);
  }

  get refusal(): GatewayError {
    const retryAfter = Math.max(1, Math.ceil(this.breaker.waitMs / 1_000));
    const message = `The model ${this.name} is given a rest: too many calls of it failed or were slow`;
    return new GatewayError('circuit_open', message, { retryAfter, attempts: 0 });
  }
}

/**
 * Callers name models, so only so many breakers are kept: the closed one that was used longest ago is forgotten first, one
 * that is not closed only when there are no others.
 */
export class KnownBreakers implements Iterable<KnownBreaker> {
  /** In the order of their last use. */
  private readonly breakers = new Map<string, KnownBreaker>();
  private readonly clock: () => number;

  constructor(
    private readonly options: KnownBreakersOptions,
    private readonly onRevision?: (known: KnownBreaker) => void,
  ) {
    this.clock = options.clock ?? now;
  }

  of({ provider, model }: Target): KnownBreaker {
    return this.named(bounded(`${provider}/${model}`));
  }

  named(name: string): KnownBreaker {
    let known = this.breakers.get(name);
    if (known) this.breakers.delete(name);
    else {
      if (this.breakers.size >= (this.options.most ?? MOST)) this.forgetOne();
      known = new KnownBreaker(name, this.options, this.onRevision);
    }
    this.breakers.set(name, known);
    return known;
  }

  /** Other policies hold from now on. */
  renew(): void {
    for (const known of this.breakers.values()) known.renew();
  }

  find(name: string): KnownBreaker | undefined {
    return this.breakers.get(name);
  }

  [Symbol.iterator](): Iterator<KnownBreaker> {
    return this.breakers.values();
  }

  views(): BreakerView[] {
    const epoch = Date.now() - this.clock();
    return Array.from(this.breakers.values(), ({ provider, model, breaker }) => ({
      provider,
      model,
      state: breaker.state,
      since: Math.round(epoch + breaker.since),
      ...(breaker.state === 'open' && { openUntil: Math.round(epoch + breaker.openUntil) }),
      ...breaker.counts,
    }));
  }

  private forgetOne(): void {
    const byUse = [...this.breakers.values()];
    const idle = byUse.find(({ breaker }) => breaker.state === 'closed') ?? byUse[0];
    if (idle) this.breakers.delete(idle.name);
  }
}

/** Long names are told apart by what they hash to; half a character would come back from Redis as another one. */
function bounded(raw: string): string {
  const name = raw.replace(HALF_A_CHARACTER, '\uFFFD');
  if (name.length <= NAME_CHARACTERS) return name;
  const digest = createHash('sha256').update(name).digest('base64url').slice(0, 22);
  const beginning = name.slice(0, NAME_CHARACTERS - digest.length - 1).replace(HALF_A_CHARACTER, '');
  return `${beginning}~${digest}`;
}

function now(): number {
  return performance.now();
}
