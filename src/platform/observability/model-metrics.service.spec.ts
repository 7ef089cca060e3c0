import { Registry } from 'prom-client';
import type { Deprecation } from '../../contract/lifecycle';
import { EventBus } from '../events/event-bus';
import { ModelMetrics } from './model-metrics.service';

const end = (model: string): Deprecation => ({
  model,
  status: 'deprecated',
  deprecatedAt: 0,
  retiresAt: Date.UTC(2027, 0, 1),
  replacement: 'openai/new',
  warning: '',
});

describe('ModelMetrics', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('counts every call and says it once an hour for each model', async () => {
    const registry = new Registry();
    const events = new EventBus();
    const metrics = new ModelMetrics(registry, events);
    const warn = jest.spyOn(metrics['log'], 'warn').mockImplementation(() => undefined);
    for (let i = 0; i < 3; i++) events.emit('model.deprecated', end('openai/old'));
    events.emit('model.deprecated', end('openai/older'));
    expect(warn.mock.calls.map(([facts]) => facts)).toEqual([
      { model: 'openai/old', to: 'openai/new', reason: 'deprecated', retires_at: '2027-01-01T00:00:00.000Z', n: 1 },
      expect.objectContaining({ model: 'openai/older', n: 1 }),
    ]);
    jest.advanceTimersByTime(3_600_000);
    events.emit('model.deprecated', end('openai/old'));
    expect(warn).toHaveBeenLastCalledWith(expect.objectContaining({ n: 3 }), expect.anything());
    expect(await registry.metrics()).toContain(
      'llm_deprecated_model_calls_total{model="openai/old",status="deprecated"} 4',
    );
  });
});
