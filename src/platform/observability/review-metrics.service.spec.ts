import { Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';
import { ReviewMetrics } from './review-metrics.service';

it('says nothing of a log that was not verified yet, and then what came of it', async () => {
  const [registry, events] = [new Registry(), new EventBus()];
  new ReviewMetrics(registry, events);
  expect(await registry.metrics()).not.toMatch(/^audit_verify_ok /m);
  events.emit('review.verified', { id: 'v', ok: false, size: 3, firstBadIndex: 1, ms: 5 });
  expect(await registry.metrics()).toMatch(/^audit_verify_ok 0$/m);
  expect(await registry.metrics()).toMatch(
    /^audit_verify_timestamp_seconds 1\.\d+e\+9|^audit_verify_timestamp_seconds \d{10}/m,
  );
  events.emit('review.verified', { id: 'w', ok: true, size: 3, ms: 5 });
  expect(await registry.metrics()).toMatch(/^audit_verify_ok 1$/m);
});
