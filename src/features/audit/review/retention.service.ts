import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { isUuid, uuidv7 } from '../../../contract/ids';
import { Config } from '../../../platform/config/config';
import { Evidence } from './evidence.service';
import { Holds } from './holds.service';
import { FLOOR_MONTHS, firstDay, mayGoFrom, type Month } from './retention-dates';
import { planStatus, type RetentionPlan } from './retention-plan';
import { RetentionPlansStore } from './retention-plans.store';
import { RetentionWork } from './retention-work.service';
import type { Segment } from './segment';
import { SegmentsStore } from './segments.store';
import { Tree } from './tree.service';
import { requireRoot } from './whose';

export interface SegmentState extends Segment {
  readonly mayGoFrom: Date;
  readonly heldBy: readonly string[];
  readonly status: 'current' | 'kept' | 'due' | 'planned' | 'approved' | 'dropped';
  readonly plan: string | null;
}

/** Months leave the log when they are old enough, nothing holds them, and two officers agree. */
@Injectable()
export class Retention {
  constructor(
    private readonly config: Config,
    private readonly plans: RetentionPlansStore,
    private readonly segments: SegmentsStore,
    private readonly tree: Tree,
    private readonly holds: Holds,
    private readonly evidence: Evidence,
    private readonly work: RetentionWork,
  ) {}

  get months(): { readonly configured: number; readonly floor: number } {
    return { configured: this.config.audit.retentionMonths, floor: FLOOR_MONTHS };
  }

  async show(caller: Caller): Promise<SegmentState[]> {
    requireRoot(caller, 'see what the log forgets');
    const [segments, plans] = await Promise.all([this.segments.list(), this.plans.all()]);
    const planned = new Map(plans.map((plan) => [plan.month, plan]));
    const states = await Promise.all(
      segments.map(async (segment, at): Promise<SegmentState> => {
        const plan = planned.get(segment.month);
        const goes = mayGoFrom(segment.month, this.config.audit.retentionMonths);
        const gone = segment.bytes === undefined;
        const status = gone
          ? 'dropped'
          : at === segments.length - 1
            ? 'current'
            : plan
              ? planStatus(plan)
              : dueOr(goes);
        const heldBy = gone ? [] : await this.holds.against({ month: firstDay(segment.month) });
        return { ...segment, mayGoFrom: goes, heldBy, status, plan: plan?.id ?? null };
      }),
    );
    await this.evidence.record(caller, 'audit.query', { metadata: { what: 'retention', count: states.length } });
    return states;
  }

  async find(caller: Caller, id: string): Promise<RetentionPlan> {
    requireRoot(caller, 'see what the log forgets');
    const plan = await this.known(id);
    await this.evidence.record(caller, 'audit.query', { metadata: { what: 'retention', plan: plan.id } });
    return plan;
  }

  private async known(id: string): Promise<RetentionPlan> {
    const plan = isUuid(id) ? await this.plans.find(id) : undefined;
    if (!plan) throw new GatewayError('not_found', 'There is no such plan');
    return plan;
  }

  /** The first officer. */
  async plan(caller: Caller, month: Month): Promise<RetentionPlan> {
    requireRoot(caller, 'decide what the log forgets');
    await this.requireDue(month);
    if (await this.plans.findMonth(month)) throw planned(month);
    const id = uuidv7();
    const { entryId } = await this.evidence.record(caller, 'retention.plan', { metadata: { plan: id, month } });
    const plan = await this.plans.plan(id, month, caller.keyId, entryId);
    if (!plan) throw planned(month);
    return plan;
  }

  /** The second officer; what follows needs nobody. Repeating it takes up what was interrupted. */
  async approve(caller: Caller, id: string, archive: boolean): Promise<RetentionPlan> {
    requireRoot(caller, 'decide what the log forgets');
    const plan = await this.known(id);
    if (plan.droppedAt) return plan;
    if (this.config.audit.approvals.retention && plan.plannedBy === caller.keyId)
      throw new GatewayError('forbidden', 'A second officer must agree: this key is the one that planned it');
    await this.requireDue(plan.month);
    if (!plan.approvedBy) {
      await this.evidence.record(caller, 'retention.approve', {
        metadata: { plan: id, month: plan.month, planned_by: plan.plannedBy, archive },
        parent: plan.planEntry,
      });
      await this.plans.approve(id, caller.keyId, archive);
    }
    await this.work.carryOut(id);
    return this.known(id);
  }

  private async requireDue(month: Month): Promise<void> {
    const segments = await this.segments.list();
    const segment = segments.find((one) => one.month === month);
    if (!segment) throw new GatewayError('not_found', `The log has nothing from ${month}`, { param: 'month' });
    const earliest = mayGoFrom(month, this.config.audit.retentionMonths);
    if (earliest.getTime() > Date.now() || segment === segments.at(-1))
      throw new GatewayError('conflict', `${month} must be kept until ${earliest.toISOString().slice(0, 10)}`, {
        param: 'month',
        details: { earliest: earliest.toISOString() },
      });
    if (!(await this.tree.isSettled(segment.last)))
      throw new GatewayError('conflict', `Too few entries follow ${month}: the tree still needs its last ones`);
    if (await this.work.writersSpan(segment.last))
      throw new GatewayError('conflict', `Processes that wrote in ${month} are still writing: restart them first`);
    await this.holds.refuseIfHeld({ month: firstDay(month) });
  }
}

const dueOr = (goes: Date) => (goes.getTime() <= Date.now() ? 'due' : 'kept');
const planned = (month: Month) =>
  new GatewayError('conflict', `There is a plan for ${month} already`, { param: 'month' });
