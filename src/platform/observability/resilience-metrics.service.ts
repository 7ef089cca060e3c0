import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import type { BreakerChanged, BreakerState, FallbackTaken, GatewayEvents } from '../../contract/events';
import { Config } from '../config/config';
import { EventBus } from '../events/event-bus';
import { BoundedLabels } from './bounded-labels';

const MODELS = 200;
/** Of `from` and `to` together: either may be any model. */
const FALLBACKS = 200;
const STATE: { readonly [S in BreakerState]: number } = { closed: 0, half_open: 1, open: 2 };

/** Counted with the calls themselves, with the audit log and its verification, with secrets, the configuration, budgets or incidents; or not at all. */
type Elsewhere =
  | 'attempt.finished'
  | 'retry.scheduled'
  | `review.${string}`
  | `audit.${string}`
  | `secret.${string}`
  | `config.${string}`
  | `budget.${string}`
  | `job.${string}`
  | `model.${string}`
  | `shadow.${string}`
  | `promotion.${string}`
  | `incident.${string}`
  | `guard.${string}`
  | `traces.${string}`;
type Listeners = { readonly [K in Exclude<keyof GatewayEvents, Elsewhere>]: (event: GatewayEvents[K]) => void };

/** The Prometheus metrics of what happens when something fails. A new event does not compile until it is counted. */
@Injectable()
export class ResilienceMetrics {
  private readonly models = new BoundedLabels(MODELS);
  private readonly pairs = new BoundedLabels(FALLBACKS);

  private readonly breakers = this.gauge('circuit_breaker_state', '0 closed, 1 half-open, 2 open.', [
    'provider',
    'model',
  ]);
  private readonly transitions = this.counter('circuit_breaker_transitions_total', 'Changes of circuit breakers.', [
    'provider',
    'model',
    'to',
  ]);
  private readonly fallbacks = this.counter('llm_fallbacks_total', 'Times another model was asked instead.', [
    'from',
    'to',
    'code',
  ]);
  private readonly denied = this.counter('llm_retries_denied_total', 'Retries not made, as there were too many.', [
    'provider',
    'code',
  ]);
  private readonly rests = this.counter('provider_key_rests_total', 'Times a provider’s key was put to rest.', [
    'provider',
    'reason',
  ]);
  private readonly returns = this.counter('provider_key_returns_total', 'Times a provider’s key was used again.', [
    'provider',
  ]);
  private readonly refused = this.counter('bulkhead_refused_total', 'Calls turned away, as too many were there.', [
    'scope',
    'reason',
  ]);
  private readonly degraded = this.counter('llm_degraded_total', 'Calls that something else answered.', [
    'rung',
    'code',
  ]);
  private readonly repeated = this.counter('idempotent_replays_total', 'Calls given the answer of an earlier one.', []);
  private readonly logins = this.counter(
    'access_logins_total',
    'Keys that govern, used for the first time in an hour.',
    [],
  );
  private readonly turnedAway = this.counter('access_refused_total', 'Requests turned away by the door.', ['reason']);
  private readonly dependencies = this.gauge('dependency_up', 'Whether what calls depend on is there: 1 or 0.', [
    'dependency',
  ]);

  private readonly listeners: Listeners = {
    'breaker.changed': (change) => this.breaker(change),
    'fallback.taken': (fallback) => this.fallback(fallback),
    'retry.denied': ({ provider, code }) => this.denied.inc({ provider, code }),
    'key.rested': ({ provider, reason }) => this.rests.inc({ provider, reason }),
    'key.returned': ({ provider }) => this.returns.inc({ provider }),
    'bulkhead.refused': ({ scope, reason }) => this.refused.inc({ scope, reason }),
    'ladder.answered': ({ rung, code }) => this.degraded.inc({ rung, code }),
    // the other rungs say themselves why they were needed
    'call.finished': ({ degraded }) => {
      if (degraded === 'fallback' || degraded === 'budget') this.degraded.inc({ rung: degraded, code: 'none' });
    },
    'access.login': () => this.logins.inc(),
    'access.refused': ({ reason }) => this.turnedAway.inc({ reason }),
    'answer.repeated': () => this.repeated.inc(),
    'dependency.changed': ({ dependency, up }) => this.dependencies.set({ dependency }, up ? 1 : 0),
  };

  constructor(
    private readonly registry: Registry,
    events: EventBus,
    config: Config,
  ) {
    for (const dependency of ['postgresql', 'disk', ...(config.redisUrl ? ['redis'] : [])])
      this.dependencies.set({ dependency }, 1);
    for (const name of Object.keys(this.listeners) as (keyof Listeners)[]) this.listen(events, name);
  }

  private listen<K extends keyof Listeners>(events: EventBus, name: K): void {
    events.on(name, this.listeners[name]);
  }

  private breaker({ provider, model, to }: BreakerChanged): void {
    const label = this.models.of(`${provider}/${model}`);
    const one = { provider, model: label === 'other' ? label : model };
    this.transitions.inc({ ...one, to });
    // many breakers have no one state
    if (label !== 'other') this.breakers.set(one, STATE[to]);
  }

  private fallback({ from, to, code }: FallbackTaken): void {
    const known = this.pairs.of(`${from} ${to}`) !== 'other';
    this.fallbacks.inc(known ? { from, to, code } : { from: 'other', to: 'other', code });
  }

  private counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private gauge<L extends string>(name: string, help: string, labelNames: L[]): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
