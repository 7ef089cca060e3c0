import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';

/** How promotions of models go. */
@Injectable()
export class PromotionMetrics {
  constructor(registry: Registry, events: EventBus) {
    const changes = new Counter({
      name: 'promotion_changes_total',
      help: 'Promotions of models that came to a state in this process: canary (each of its steps), promoted, rolled_back, …',
      labelNames: ['state'],
      registers: [registry],
    });
    events.on('promotion.changed', ({ to }) => changes.inc({ state: to }));
  }
}
