import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import type { Saving } from '../../contract/selection';
import { EventBus } from '../events/event-bus';

const PICOS_PER_USD = 1e12;

/** What calls did not cost, and which levels were chosen. */
@Injectable()
export class SavingMetrics {
  private readonly selected: Counter<'level' | 'by'>;
  private readonly tokens: Counter<'by'>;
  private readonly usd: Counter<'by'>;
  private readonly extra: Counter<'by'>;

  constructor(registry: Registry, events: EventBus) {
    const registers = [registry];
    const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
      new Counter({ name, help, labelNames, registers });
    this.selected = counter('llm_selected_total', 'Calls for which a model was chosen.', ['level', 'by']);
    this.tokens = counter('llm_saved_tokens_total', 'Tokens that were not sent; an estimate.', ['by']);
    this.usd = counter('llm_saved_usd_total', 'US dollars that calls would have cost more; an estimate.', ['by']);
    this.extra = counter('llm_extra_usd_total', 'US dollars that calls cost more than without the measure.', ['by']);
    events.on('call.finished', ({ selection, saved = [] }) => {
      if (selection?.chosen !== undefined) this.selected.inc({ level: selection.level, by: selection.by });
      for (const saving of saved) this.count(saving);
    });
  }

  private count({ by, tokens, picos = 0n }: Saving): void {
    if (tokens > 0) this.tokens.inc({ by }, tokens);
    const usd = Number(picos) / PICOS_PER_USD;
    if (usd > 0) this.usd.inc({ by }, usd);
    // a counter cannot go back
    else if (usd < 0) this.extra.inc({ by }, -usd);
  }
}
