import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import type { InspectionFacts } from '../../contract/call';
import { EventBus } from '../events/event-bus';

/** Flags that only repeat which kinds were found. */
const OF_KIND = /^(?:pii|output)\.[A-Z_]+$/;

/** What guards found and did, in numbers: kinds of data and names of flags, of which there are some dozens. */
@Injectable()
export class GuardMetrics {
  private readonly findings: Counter<'direction' | 'entity'>;
  private readonly flags: Counter<'flag'>;

  constructor(registry: Registry, events: EventBus) {
    const registers = [registry];
    this.findings = new Counter({
      name: 'guard_findings_total',
      help: 'Personal data and secrets that were found, in what was sent and in what was answered.',
      labelNames: ['direction', 'entity'],
      registers,
    });
    this.flags = new Counter({
      name: 'guard_flags_total',
      help: 'Calls with a flag of a guard: suspected, blocked, not scanned, not available.',
      labelNames: ['flag'],
      registers,
    });
    events.on('call.finished', ({ inspection }) => inspection && this.count(inspection));
  }

  private count({ found, flags }: InspectionFacts): void {
    for (const [direction, counts] of Object.entries(found))
      for (const [entity, number] of Object.entries(counts)) this.findings.inc({ direction, entity }, number);
    for (const flag of flags) if (!OF_KIND.test(flag)) this.flags.inc({ flag });
  }
}
