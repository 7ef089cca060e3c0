import type { GatewayEvents } from '../../contract/events';

export type Line = readonly [level: 'debug' | 'info' | 'warn' | 'error', message: string, facts: object];
/** The line of a call is another matter. */
export type LoggedEvent = Exclude<keyof GatewayEvents, 'call.finished'>;

/** What the log says of each event. A new event does not compile until it has a line. */
export const EVENT_LINES: { readonly [K in LoggedEvent]: (event: GatewayEvents[K]) => Line } = {
  'attempt.finished': ({ ms, ...attempt }) => ['debug', 'attempt', { ...attempt, ms: Math.round(ms) }],
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
  'dependency.changed': ({ up, ...change }) => [
    up ? 'info' : 'error',
    up ? 'dependency up' : 'dependency down',
    change,
  ],
};
