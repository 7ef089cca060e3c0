import { Injectable, Logger } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import type { Deprecation } from '../../contract/lifecycle';
import { EventBus } from '../events/event-bus';
import { BoundedLabels } from './bounded-labels';

const MODELS = 200;
const SAID_EVERY_MS = 3_600_000;

interface Said {
  at: number;
  /** Calls since. */
  calls: number;
}

/** Shadows; and who still relies on models that are at their end: counted, and said in the log once an hour for each. */
@Injectable()
export class ModelMetrics {
  private readonly log = new Logger('Models');
  private readonly models = new BoundedLabels(MODELS);
  private readonly said = new Map<string, Said>();

  constructor(registry: Registry, events: EventBus) {
    const calls = new Counter({
      name: 'llm_deprecated_model_calls_total',
      help: 'Calls to models that are deprecated or retired.',
      labelNames: ['model', 'status'],
      registers: [registry],
    });
    const shadows = new Counter({
      name: 'llm_shadow_calls_total',
      help: 'Calls that a second model was to be sent as well.',
      labelNames: ['model', 'outcome'],
      registers: [registry],
    });
    events.on('shadow.finished', ({ model, outcome }) => shadows.inc({ model: this.models.of(model), outcome }));
    events.on('model.deprecated', (deprecation) => {
      const model = this.models.of(deprecation.model);
      calls.inc({ model, status: deprecation.status });
      this.say(model, deprecation, Date.now());
    });
  }

  private say(model: string, { status, replacement, retiresAt }: Deprecation, now: number): void {
    const said = this.said.get(model) ?? { at: -Infinity, calls: 0 };
    this.said.set(model, said);
    said.calls++;
    if (now - said.at < SAID_EVERY_MS) return;
    const until = retiresAt === undefined ? undefined : new Date(retiresAt).toISOString();
    this.log.warn(
      { model, to: replacement, reason: status, retires_at: until, n: said.calls },
      'a model at its end is asked',
    );
    said.at = now;
    said.calls = 0;
  }
}
