import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Impacts, type ImpactShare, type OpenSubject } from '../../features/incidents';
import { PriceBook } from '../../features/cost';
import { Config } from '../../platform/config/config';
import { EventBus } from '../../platform/events/event-bus';
import { effectOn, type TroubledCall, troubledCall } from './troubled-calls';
import { Turns } from '../turns';

const LOOK_MS = 1_000;
/** Of calls that ended before their incident was opened: as many, and as old, as are kept. */
const MOST = 20_000;

/** Counts what incidents do to the calls of this process, from their beginning on. */
@Injectable()
export class ImpactWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly turns = new Turns(
    () => this.look(),
    LOOK_MS,
    new Logger('Incidents'),
    'the impact of incidents is not kept',
  );
  private calls: TroubledCall[] = [];
  /** How many came before the first of them. */
  private gone = 0;
  /** Which of all were counted, by incident: so many, as far as they ended since then. */
  private readonly counted = new Map<string, { readonly upTo: number; readonly since: number }>();

  constructor(
    { incidents }: Config,
    private readonly impacts: Impacts,
    prices: PriceBook,
    events: EventBus,
  ) {
    if (!incidents.rules.length) return;
    events.on('call.finished', (call) => {
      const troubled = troubledCall(call, prices, Date.now());
      if (troubled) this.keep(troubled);
    });
  }

  onApplicationBootstrap(): void {
    this.turns.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.turns.stop();
    await this.look().catch(() => undefined);
  }

  private keep(call: TroubledCall): void {
    this.calls.push(call);
    if (this.calls.length < 2 * MOST) return;
    this.calls = this.calls.slice(MOST);
    this.gone += MOST;
  }

  private async look(): Promise<void> {
    if (!this.calls.length) return;
    const open = await this.impacts.open();
    for (const id of this.counted.keys()) if (!open.some((one) => one.id === id)) this.counted.delete(id);
    const upTo = this.gone + this.calls.length;
    for (const incident of open) {
      const share = this.shareOf(incident, upTo);
      if (share) await this.impacts.add(incident.id, share);
      this.counted.set(incident.id, { upTo, since: incident.beganAt.getTime() });
    }
  }

  private shareOf({ id, subject, beganAt }: OpenSubject, upTo: number): ImpactShare | undefined {
    const share: ImpactShare = { failed: 0, helped: 0, tries: 0, unpriced: 0, cost: 0n, tenants: new Map() };
    let concerned = false;
    const before = this.counted.get(id) ?? { upTo: 0, since: Infinity };
    for (const [i, call] of this.calls.slice(0, upTo - this.gone).entries()) {
      // another process may have seen it begin earlier than was known
      const isCounted = this.gone + i < before.upTo && call.at >= before.since;
      const effect = isCounted || call.at < beganAt.getTime() ? undefined : effectOn(subject, call);
      if (!effect) continue;
      concerned = true;
      for (const what of ['failed', 'helped', 'tries', 'unpriced'] as const) share[what] += effect[what];
      share.cost += effect.cost;
      const tenant = share.tenants.get(call.tenantId) ?? { failed: 0, helped: 0 };
      share.tenants.set(call.tenantId, {
        failed: tenant.failed + effect.failed,
        helped: tenant.helped + effect.helped,
      });
    }
    return concerned ? share : undefined;
  }
}
