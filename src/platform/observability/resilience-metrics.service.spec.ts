import { Registry } from 'prom-client';
import type { GatewayEvents } from '../../contract/events';
import type { Config } from '../config/config';
import { Secret } from '../secrets/secret';
import { EventBus } from '../events/event-bus';
import { ResilienceMetrics } from './resilience-metrics.service';

describe('the metrics of what fails', () => {
  let events: EventBus;
  let registry: Registry;
  beforeEach(() => {
    [events, registry] = [new EventBus(), new Registry()];
    new ResilienceMetrics(registry, events, { redisUrl: new Secret('redis://r') } as Config);
  });
  const line = async (start: string) =>
    (await registry.metrics()).split('\n').filter((text) => text.startsWith(start) && !text.startsWith('#'));
  const finished = (degraded?: GatewayEvents['call.finished']['degraded']) =>
    events.emit('call.finished', { degraded } as GatewayEvents['call.finished']);

  it('show the state of each breaker, and how it came there', async () => {
    const of = { provider: 'openai', model: 'gpt-4o' };
    events.emit('breaker.changed', { ...of, from: 'closed', to: 'open', reason: 'failures' });
    expect(await line('circuit_breaker_state')).toEqual(['circuit_breaker_state{provider="openai",model="gpt-4o"} 2']);
    events.emit('breaker.changed', { ...of, from: 'open', to: 'half_open' });
    events.emit('breaker.changed', { ...of, from: 'half_open', to: 'closed' });
    expect(await line('circuit_breaker_state')).toEqual(['circuit_breaker_state{provider="openai",model="gpt-4o"} 0']);
    expect(await line('circuit_breaker_transitions_total')).toHaveLength(3);
  });

  it('do not grow with the names that callers make up', async () => {
    for (let i = 0; i < 1_000; i++) {
      events.emit('breaker.changed', { provider: 'p', model: `m${i}`, from: 'closed', to: 'open' });
      events.emit('fallback.taken', { from: `p/a${i}`, to: `p/b${i}`, code: 'overloaded' });
    }
    expect(await line('circuit_breaker_state')).toHaveLength(200);
    expect(await line('circuit_breaker_transitions_total')).toHaveLength(201);
    expect(await line('llm_fallbacks_total')).toHaveLength(201);
    expect(await line('llm_fallbacks_total{from="other"')).toEqual([
      'llm_fallbacks_total{from="other",to="other",code="overloaded"} 800',
    ]);
  });

  it('count every rung of the ladder once', async () => {
    finished('fallback');
    events.emit('ladder.answered', { tenantId: 't', model: 'm', rung: 'stale', code: 'circuit_open' });
    finished('stale');
    finished();
    expect(await line('llm_degraded_total')).toEqual([
      'llm_degraded_total{rung="fallback",code="none"} 1',
      'llm_degraded_total{rung="stale",code="circuit_open"} 1',
    ]);
  });

  it('count refusals, rests and repetitions', async () => {
    events.emit('retry.denied', { provider: 'p', model: 'm', code: 'overloaded' });
    events.emit('key.rested', { provider: 'p', key: 1, reason: 'payment', restMs: 5 });
    events.emit('key.returned', { provider: 'p', key: 1 });
    events.emit('bulkhead.refused', { scope: 'tenant', name: 'acme', reason: 'displaced' });
    events.emit('answer.repeated', { tenantId: 't', waited: false });
    for (const expected of [
      'llm_retries_denied_total{provider="p",code="overloaded"} 1',
      'provider_key_rests_total{provider="p",reason="payment"} 1',
      'provider_key_returns_total{provider="p"} 1',
      'bulkhead_refused_total{scope="tenant",reason="displaced"} 1',
      'idempotent_replays_total 1',
    ])
      expect(await line(expected)).toEqual([expected]);
  });

  it('know what is there before anything changed', async () => {
    events.emit('dependency.changed', { dependency: 'redis', up: false });
    expect(await line('dependency_up')).toEqual([
      'dependency_up{dependency="postgresql"} 1',
      'dependency_up{dependency="disk"} 1',
      'dependency_up{dependency="redis"} 0',
    ]);
  });
});
