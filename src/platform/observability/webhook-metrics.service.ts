import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';

const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Whether the ends of jobs arrive where they are to be told. */
@Injectable()
export class WebhookMetrics {
  constructor(registry: Registry, events: EventBus) {
    const registers = [registry];
    const tries = new Counter({
      name: 'webhook_tries_total',
      help: 'Times that a receiver was asked to take a message: delivered, to be tried again, or given up (failed); and why.',
      labelNames: ['event', 'outcome', 'reason'],
      registers,
    });
    const duration = new Histogram({
      name: 'webhook_try_seconds',
      help: 'How long receivers took, or were waited for.',
      labelNames: ['outcome'],
      buckets: SECONDS,
      registers,
    });
    const waiting = new Gauge({
      name: 'webhooks_waiting',
      help: 'Messages of all processes that have not arrived, counted to 10,000.',
      registers,
    });
    const oldest = new Gauge({
      name: 'webhooks_oldest_seconds',
      help: 'How long the oldest of them has not arrived.',
      registers,
    });
    events.on('job.webhook', ({ event, outcome, reason = 'none', ms }) => {
      tries.inc({ event, outcome, reason });
      duration.observe({ outcome }, ms / 1_000);
    });
    events.on('job.webhooks', ({ waiting: n, oldestSeconds }) => {
      waiting.set(n);
      oldest.set(oldestSeconds);
    });
  }
}
