import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';

/** The Prometheus metrics of those who watch over the audit log. */
@Injectable()
export class ReviewMetrics {
  constructor(registry: Registry, events: EventBus) {
    const registers = [registry];
    const ok = new Gauge({
      name: 'audit_verify_ok',
      help: 'Whether the log verified when last tried: 1 or 0.',
      registers,
    });
    const at = new Gauge({
      name: 'audit_verify_timestamp_seconds',
      help: 'When this process last verified the log.',
      registers,
    });
    const broken = new Counter({
      name: 'audit_break_glass_total',
      help: 'Readings without a second person.',
      registers,
    });
    // absent until there is something to tell: zero would be an alarm
    ok.remove();
    at.remove();
    events.on('review.verified', (result) => {
      ok.set(result.ok ? 1 : 0);
      at.set(Date.now() / 1_000);
    });
    events.on('review.glass_broken', () => broken.inc());
  }
}
