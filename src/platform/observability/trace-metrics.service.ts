import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';

/** Whether traces arrive. */
@Injectable()
export class TraceMetrics {
  constructor(registry: Registry, events: EventBus) {
    const spans = new Counter({
      name: 'trace_spans_total',
      help: 'Spans that a collector was sent: taken, or lost.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    events.on('traces.exported', ({ spans: n, ok }) => spans.inc({ outcome: ok ? 'sent' : 'lost' }, n));
  }
}
