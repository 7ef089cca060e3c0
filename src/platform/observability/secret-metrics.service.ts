import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';

const labelNames = ['name'] as const;

/** The Prometheus metrics of secrets, by the names of their settings. */
@Injectable()
export class SecretMetrics {
  constructor(registry: Registry, events: EventBus) {
    const registers = [registry];
    const stale = new Gauge({
      name: 'secret_stale',
      help: '1 while a secret cannot be read anew and its last value stays in use.',
      labelNames,
      registers,
    });
    const failures = new Counter({
      name: 'secret_refresh_failures_total',
      help: 'Times a secret could not be read anew.',
      labelNames,
      registers,
    });
    const rotations = new Counter({
      name: 'secret_rotations_total',
      help: 'Times a secret was found to have another value.',
      labelNames,
      registers,
    });
    events.on('secret.loaded', ({ name }) => stale.set({ name }, 0));
    events.on('secret.rotated', ({ name }) => rotations.inc({ name }));
    events.on('secret.unreadable', ({ name }) => {
      failures.inc({ name });
      stale.set({ name }, 1);
    });
    events.on('secret.readable', ({ name }) => stale.set({ name }, 0));
  }
}
