import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { EventBus } from '../events/event-bus';

/** The Prometheus metrics of the configuration and its files. */
@Injectable()
export class ConfigMetrics {
  constructor(registry: Registry, events: EventBus) {
    const registers = [registry];
    const reloads = new Counter({
      name: 'config_reloads_total',
      help: 'Times the files of the configuration were read again, by what came of it.',
      labelNames: ['outcome'] as const,
      registers,
    });
    const ok = new Gauge({
      name: 'config_ok',
      help: '0 while the files have mistakes and the former configuration stays in force.',
      registers,
    });
    const pending = new Gauge({
      name: 'config_settings_pending',
      help: 'Settings in the files that take effect with the next start.',
      registers,
    });
    ok.set(1);
    events.on('config.reloaded', (reload) => {
      reloads.inc({ outcome: reload.outcome });
      ok.set(reload.problems.length ? 0 : 1);
      if (reload.outcome !== 'refused') pending.set(reload.pending.length);
    });
  }
}
