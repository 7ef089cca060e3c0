import type { GatewayEvents } from '../../../contract/events';
import type { ErrorCode } from '../../../contract/errors';
import type { Scope, SignalName } from '../../../platform/config/incidents';

/** One thing that was heard: what it says, and of whom. */
export interface Observation {
  readonly signal: SignalName;
  readonly of: Readonly<Partial<Record<Scope, string>>>;
  /** Of a ratio 1 where it is bad, else 0; of a count how many; of a level what it is now; of a p95 milliseconds. */
  readonly value: number;
}

type Observers<N extends keyof GatewayEvents = keyof GatewayEvents> = {
  readonly [K in N]: (event: GatewayEvents[K]) => readonly Observation[];
};

/** Nobody who called could have done otherwise. */
const FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'provider_failed',
  'overloaded',
  'deadline_exceeded',
  'rate_limited',
]);
/** Scopes of which there is one. */
export const WHOLE = 'all';

/** Whether a provider failed a try that another caller would have failed with, too. */
export const isFault = (code: ErrorCode | undefined): boolean => code !== undefined && FAULTS.has(code);

const HEARD = {
  'attempt.finished': ({ provider, model, code, ok, ms }) => {
    const of = { provider, model: `${provider}/${model}` };
    // what the caller got wrong says nothing of the provider
    if (!ok && !isFault(code)) return [];
    const rate: Observation = { signal: 'error_rate', of, value: ok ? 0 : 1 };
    return ok ? [rate, { signal: 'latency', of, value: ms }] : [rate];
  },
  'call.finished': ({ tenantId, keyId, outcome, code, latencyMs }) => {
    const of = { tenant: tenantId, key: keyId, gateway: WHOLE };
    const heard: Observation[] = [];
    if (outcome === 'answered')
      heard.push({ signal: 'latency', of: { tenant: tenantId, gateway: WHOLE }, value: latencyMs });
    if (outcome === 'answered' || outcome === 'failed')
      heard.push({
        signal: 'error_rate',
        of: { tenant: tenantId, gateway: WHOLE },
        value: outcome === 'failed' ? 1 : 0,
      });
    if (code === 'prompt_rejected') heard.push({ signal: 'prompts_rejected', of, value: 1 });
    return heard;
  },
  'breaker.changed': ({ provider, model, to }) =>
    to === 'open' ? [{ signal: 'breaker', of: { provider, model: `${provider}/${model}` }, value: 1 }] : [],
  'fallback.taken': ({ from }) => [
    { signal: 'fallbacks', of: { provider: from.slice(0, Math.max(0, from.indexOf('/'))), model: from }, value: 1 },
  ],
  'budget.shares': ({ shares }) =>
    [...shares].flatMap(([tenant, value]): Observation[] => [
      { signal: 'budget_used', of: { tenant }, value },
      { signal: 'budget_burn', of: { tenant }, value },
    ]),
  // each for itself: what works hides nothing that does not
  'audit.watch': ({ what, ok }) => [{ signal: 'audit_trouble', of: { audit: what }, value: ok ? 0 : 1 }],
  'audit.stopped': () => [{ signal: 'audit_trouble', of: { audit: 'log' }, value: 1 }],
  'review.verified': ({ ok }) => [{ signal: 'audit_trouble', of: { audit: 'verification' }, value: ok ? 0 : 1 }],
  'audit.refused': () => [{ signal: 'audit_refused', of: { audit: WHOLE }, value: 1 }],
  'audit.lost': ({ n }) => [{ signal: 'audit_refused', of: { audit: WHOLE }, value: n }],
  'audit.age': ({ seconds }) => [{ signal: 'checkpoint_age', of: { audit: WHOLE }, value: seconds }],
  'job.depth': ({ due }) => [{ signal: 'queue_depth', of: { queue: WHOLE }, value: due }],
  'job.finished': ({ status }) => (status === 'dead' ? [{ signal: 'dead_jobs', of: { queue: WHOLE }, value: 1 }] : []),
  'secret.unreadable': ({ name }) => [{ signal: 'secret_unreadable', of: { secret: name }, value: 1 }],
  'secret.readable': ({ name }) => [{ signal: 'secret_unreadable', of: { secret: name }, value: 0 }],
  'dependency.changed': ({ dependency, up }) => [{ signal: 'dependency_down', of: { dependency }, value: up ? 0 : 1 }],
  'access.refused': ({ keyId }) => [
    { signal: 'access_refused', of: { ...(keyId !== undefined && { key: keyId }), gateway: WHOLE }, value: 1 },
  ],
  'guard.checked': ({ guard, ok }) => [{ signal: 'guard_down', of: { guard }, value: ok ? 0 : 1 }],
} satisfies Partial<Observers>;
export type ObservedEvent = keyof typeof HEARD;

/** What events say about signals. To add a signal: its name in the configuration, and where it is heard, above. */
export const OBSERVERS: Observers<ObservedEvent> = HEARD;
