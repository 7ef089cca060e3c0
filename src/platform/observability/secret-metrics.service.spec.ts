import { Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';
import { SecretMetrics } from './secret-metrics.service';

describe('the metrics of secrets', () => {
  it('say which one cannot be read anew, and count failures and rotations', async () => {
    const [registry, events] = [new Registry(), new EventBus()];
    new SecretMetrics(registry, events);
    const lines = async () => (await registry.metrics()).split('\n').filter((line) => line && !line.startsWith('#'));
    const of = { name: 'OPENAI_API_KEY', source: 'vault:secret/data/openai#key' };
    events.emit('secret.loaded', { ...of, version: '1' });
    expect(await lines()).toEqual(['secret_stale{name="OPENAI_API_KEY"} 0']);
    events.emit('secret.unreadable', { ...of, reason: 'Vault answered 503' });
    events.emit('secret.unreadable', { ...of, reason: 'Vault answered 503' });
    expect(await lines()).toEqual([
      'secret_stale{name="OPENAI_API_KEY"} 1',
      'secret_refresh_failures_total{name="OPENAI_API_KEY"} 2',
    ]);
    events.emit('secret.readable', of);
    events.emit('secret.rotated', { ...of, version: '2', applied: true });
    expect(await lines()).toEqual([
      'secret_stale{name="OPENAI_API_KEY"} 0',
      'secret_refresh_failures_total{name="OPENAI_API_KEY"} 2',
      'secret_rotations_total{name="OPENAI_API_KEY"} 1',
    ]);
  });
});
