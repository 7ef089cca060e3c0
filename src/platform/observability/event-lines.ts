import type { GatewayEvents } from '../../contract/events';
import type { LogField } from './log-fields';

export type Line = readonly [level: 'debug' | 'info' | 'warn' | 'error', message: string, facts: object];
/** The line of a call is another matter; what happens for every entry, or every second, has none. */
export type LoggedEvent = Exclude<
  keyof GatewayEvents,
  | 'call.finished'
  | 'model.deprecated'
  | 'audit.appended'
  | 'audit.age'
  | 'budget.shares'
  | 'job.depth'
  | 'job.webhooks'
  | 'job.sockets'
  | 'promotion.rolled_back'
  | 'incident.figures'
  | 'guard.checked'
>;

type EventLines = { readonly [K in LoggedEvent]: (event: GatewayEvents[K]) => Line };

/** What the log says of each event. A new event does not compile until it has a line. */
const LINES = {
  'attempt.finished': ({ ms, ...attempt }) => ['debug', 'attempt', { ...attempt, ms: Math.round(ms) }],
  'shadow.finished': ({ subject, ...shadow }) => ['debug', 'shadow', { name: subject, ...shadow }],
  'traces.exported': ({ spans, ok }) => [ok ? 'debug' : 'warn', ok ? 'traces sent' : 'traces lost', { n: spans }],
  'retry.scheduled': ({ delayMs, ...retry }) => ['warn', 'retry', { ...retry, delay_ms: Math.round(delayMs) }],
  'retry.denied': (retry) => ['warn', 'retry denied', retry],
  'breaker.changed': (change) => [change.to === 'open' ? 'warn' : 'info', 'circuit breaker', change],
  'fallback.taken': (fallback) => ['warn', 'fallback', fallback],
  'key.rested': ({ restMs, key, ...rest }) => [
    'warn',
    'provider key rests',
    { ...rest, provider_key: key, rest_ms: Math.round(restMs) },
  ],
  'key.returned': ({ provider, key }) => ['info', 'provider key returns', { provider, provider_key: key }],
  'bulkhead.refused': (refusal) => ['warn', 'bulkhead refused', refusal],
  'ladder.answered': ({ tenantId, ...answer }) => ['warn', 'degraded answer', { tenant: tenantId, ...answer }],
  'answer.repeated': ({ tenantId, waited }) => ['info', 'answer repeated', { tenant: tenantId, waited }],
  'budget.alert': ({ tenantId, budgetId, percent }) => [
    'warn',
    'budget reached',
    { tenant: tenantId, budget: budgetId, percent },
  ],
  'job.finished': ({ type, status, workMs, waitMs }) => [
    status === 'dead' ? 'warn' : 'debug',
    'job finished',
    { name: type, outcome: status, ms: workMs && Math.round(workMs), delay_ms: waitMs && Math.round(waitMs) },
  ],
  'job.webhook': ({ event, outcome, reason, status, ms }) => [
    outcome === 'failed' ? 'warn' : 'debug',
    'webhook',
    { name: event, outcome, reason, status, ms: Math.round(ms) },
  ],
  'job.socket_closed': (closed) => ['debug', 'a WebSocket was closed', closed],
  'job.taken_over': ({ count }) => ['warn', 'jobs were taken over', { n: count }],
  'promotion.changed': ({ id, candidate, to, from, reason, alias }) => [
    to === 'rolled_back' || to === 'failed' ? 'warn' : 'info',
    'promotion',
    { promotion: id, name: alias, model: candidate, from, to, reason },
  ],
  'access.login': ({ tenantId, keyId }) => ['info', 'login', { tenant: tenantId, key: keyId }],
  'access.refused': ({ reason, tenantId, keyId }) => [
    'debug',
    'access refused',
    { reason, tenant: tenantId, key: keyId },
  ],
  'dependency.changed': ({ up, ...change }) => [
    up ? 'info' : 'error',
    up ? 'dependency up' : 'dependency down',
    change,
  ],
  'incident.opened': ({ id, rule, severity }) => ['warn', 'incident opened', { incident: id, name: rule, severity }],
  'incident.resolved': ({ id, rule, severity, seconds }) => [
    'info',
    'incident resolved',
    { incident: id, name: rule, severity, ms: Math.round(seconds * 1_000) },
  ],
  'incident.remedied': ({ id, action, way, reason }) => [
    reason === undefined ? 'warn' : 'error',
    way === 'apply' ? 'incident remediated' : 'remedy reverted',
    { incident: id, what: action, reason },
  ],
  'incident.notice': ({ id, channel, outcome, reason, status, ms }) => [
    outcome === 'failed' ? 'error' : 'debug',
    'incident notice',
    { incident: id, name: channel, outcome, reason, status, ms: Math.round(ms) },
  ],
  'audit.refused': (refusal) => ['warn', 'audit refused', refusal],
  'audit.lost': (loss) => ['warn', 'audit entry lost', loss],
  'audit.stopped': (stop) => ['error', 'the audit log stopped', stop],
  'audit.spooled': (spooled) => ['warn', 'audit spool', spooled],
  'audit.checkpoint': (checkpoint) => ['debug', 'audit checkpoint', checkpoint],
  'audit.watch': ({ ok, ...watch }) => [ok ? 'info' : 'error', ok ? 'audit watch' : 'audit watch failed', watch],
  'secret.loaded': (secret) => ['info', 'secret loaded', secret],
  'secret.rotated': ({ applied, ...secret }) => [
    applied ? 'info' : 'warn',
    applied ? 'secret rotated' : 'secret rotated; the new value takes effect with the next start',
    secret,
  ],
  'secret.unreadable': (secret) => ['warn', 'secret cannot be read; the last value stays in use', secret],
  'secret.readable': (secret) => ['info', 'secret can be read again', secret],
  'config.reloaded': ({ trigger, outcome, changed, pending, problems }) => [
    outcome === 'refused' || outcome === 'failed' || pending.length ? 'warn' : 'info',
    'configuration read again',
    {
      source: trigger,
      outcome,
      what: changed.join(', ') || undefined,
      reason:
        [...problems, ...pending.map((path) => `${path} takes effect with the next start`)].join('; ') || undefined,
    },
  ],
  'review.glass_broken': ({ tenantId, keyId, entryId, reviewId }) => [
    'warn',
    'break-glass',
    { tenant: tenantId, key_id: keyId, entry: entryId, review: reviewId },
  ],
  'review.verified': ({ id, ok, size, firstBadIndex, ms }) => [
    ok ? 'info' : 'error',
    ok ? 'audit log verified' : 'audit log does not verify',
    { verification: id, size, first_bad_index: firstBadIndex, ms: Math.round(ms) },
  ],
} satisfies EventLines;

type Told<F = ReturnType<(typeof LINES)[LoggedEvent]>[2]> = F extends unknown ? keyof F : never;
/** A field that is not known would be left out of the line: it does not compile. */
type OnlyKnown = Told extends LogField ? EventLines : Exclude<Told, LogField>;

export const EVENT_LINES: OnlyKnown = LINES;
