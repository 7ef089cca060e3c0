import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { GatewayError } from '../../contract/errors';
import { IncidentRecords, IncidentUpkeep, Remedies, type RemedyOrder } from '../../features/incidents';
import { EventBus } from '../../platform/events/event-bus';
import { IncidentAudit } from './incident-audit.service';
import { KnownRemedies } from './remedies/known-remedies';
import { Turns } from '../turns';

const TURN_MS = 1_000;
const FIGURES_EVERY = 5;

/** Sees to open incidents, every second, in every process: one of them does it. */
@Injectable()
export class IncidentDuty implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Incidents');
  private readonly all = new Turns(() => this.turn(), TURN_MS, this.log, 'incidents could not be seen to');
  private turns = 0;

  // prettier-ignore
  constructor(
    private readonly upkeep: IncidentUpkeep, private readonly remedies: Remedies, private readonly known: KnownRemedies,
    private readonly records: IncidentRecords, private readonly audit: IncidentAudit, private readonly events: EventBus,
  ) {}

  onApplicationBootstrap(): void {
    this.all.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.all.stop();
  }

  private async turn(): Promise<void> {
    for (const order of await this.remedies.claim()) await this.carryOut(order);
    for (const closed of await this.upkeep.sweep()) this.events.emit('incident.resolved', closed);
    await this.audit.catchUp(this.records);
    if (this.turns++ % FIGURES_EVERY === 0) this.events.emit('incident.figures', { open: await this.upkeep.figures() });
  }

  /** Never throws: what did not succeed is tried again. */
  private async carryOut(order: RemedyOrder): Promise<void> {
    const { incidentId: id, action, way } = order;
    try {
      const refusal = way === 'apply' ? await this.remedies.refusal(order) : undefined;
      // on the record before it happens
      const record = refusal === undefined ? await this.audit.intend(order) : undefined;
      const outcome = refusal === undefined ? await this.known.of(action)[way](order) : refused(refusal);
      await this.remedies.ended(order, outcome, outcome.done ? record : undefined);
      this.events.emit('incident.remedied', { id, action, way, ...(!outcome.done && { reason: outcome.reason }) });
    } catch (error) {
      const { code } = GatewayError.from(error);
      this.log.warn({ reason: code, incident: id, what: action, err: error }, 'a remedy did not succeed');
      await this.remedies.failed(order, code, undefined).catch(() => undefined);
    }
  }
}

const refused = (reason: string) => ({ done: false as const, reason });
