import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Frontier } from '../format/frontier';
import { leafHash } from '../format/hashes';
import type { WriterAdmission } from '../format/bundle-layout';
import { admissionsIn, keptAdmission, writerOf } from './admissions';
import { Archives } from './archives.service';
import { EntriesStore } from './entries.store';
import { Evidence } from './evidence.service';
import { HoldGuards } from './hold-guards.service';
import { Holds } from './holds.service';
import { firstDay, type Month } from './retention-dates';
import type { RetentionPlan, Seal } from './retention-plan';
import { RetentionPlansStore } from './retention-plans.store';
import { SegmentsStore } from './segments.store';
import type { StoredEntry } from './stored-batch';

const AGAIN_MS = 600_000;
/** Entries of the installation belong to no tenant. */
const NOBODYS = '-';

/**
 * Carries approved plans out: seal, archive, announce, wait for a checkpoint, drop. Every step is in the log before the next,
 * and is found there again when the process died in between.
 */
@Injectable()
export class RetentionWork implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Retention');
  private again: NodeJS.Timeout | undefined;

  constructor(
    private readonly plans: RetentionPlansStore,
    private readonly segments: SegmentsStore,
    private readonly entries: EntriesStore,
    private readonly guards: HoldGuards,
    private readonly archives: Archives,
    private readonly holds: Holds,
    private readonly evidence: Evidence,
  ) {}

  onApplicationBootstrap(): void {
    const resume = () =>
      void this.resume().catch((error: Error) => this.log.warn({ err: error }, 'what was approved is not all dropped'));
    resume();
    this.again = setInterval(resume, AGAIN_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.again);
  }

  /** What was approved and not finished. @throws AggregateError when some still cannot be; the others were */
  async resume(): Promise<void> {
    const failures: Error[] = [];
    for (const { id, month, approvedBy, droppedAt } of await this.plans.all())
      if (approvedBy && !droppedAt)
        await this.carryOut(id).catch((cause: Error) =>
          failures.push(new Error(`${month}: ${cause.message}`, { cause })),
        );
    if (failures.length) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
  }

  /** Does nothing while another process is at it. */
  async carryOut(id: string): Promise<void> {
    await this.plans.alone(async () => {
      const plan = await this.plans.find(id);
      if (!plan?.approvedBy || plan.droppedAt) return;
      await this.holds.refuseIfHeld({ month: firstDay(plan.month) });
      const seal = plan.seal ?? (await this.seal(plan));
      if (plan.archiveWanted && !plan.archive)
        await this.plans.archived(id, await this.archives.keep(plan.month, seal.first, seal.last));
      const index =
        plan.dropIndex ?? (await this.announce({ ...((await this.plans.find(id)) as RetentionPlan), seal }));
      await this.guards.covered(index);
      await this.segments.drop(plan.month);
      await this.plans.dropped(id);
    });
  }

  /**
   * Whether somebody who introduced himself up to that index has not said goodbye: whoever checks what he writes next looks
   * for his introduction.
   */
  async writersSpan(index: number): Promise<boolean> {
    const open = await this.segments.writersSpanning(index);
    for (const event of ['writer.close', 'writer.lost'])
      for await (const { header } of this.entries.few({ event }, Number.MAX_SAFE_INTEGER - 1)) {
        const gone = event === 'writer.close' ? header.writer : header.metadata?.['writer'];
        if (typeof gone === 'string') open.delete(gone);
      }
    return open.size > 0;
  }

  private async seal(plan: RetentionPlan): Promise<Seal> {
    const seal = await this.summary(plan.month);
    const said =
      (await this.said('segment.seal', plan.month)) ??
      (await this.evidence.record(undefined, 'segment.seal', {
        metadata: { ...seal, month: plan.month, plan: plan.id },
      }));
    await this.plans.sealed(plan.id, seal, said.entryId);
    return seal;
  }

  private async summary(month: Month): Promise<Seal> {
    const segment = (await this.segments.list()).find((one) => one.month === month);
    if (!segment || segment.bytes === undefined)
      throw new Error(`${month} is not there any more, and was never sealed`);
    const frontier = new Frontier();
    const tenants: Record<string, number> = {};
    const writers = new Map<string, WriterAdmission>();
    for await (const { text, header } of this.entries.between({}, segment.first, segment.last)) {
      frontier.append(leafHash(text));
      for (const admission of admissionsIn(header)) writers.set(writerOf(admission), admission);
      const tenant = header.tenant ?? NOBODYS;
      tenants[tenant] = (tenants[tenant] ?? 0) + 1;
    }
    const active = await this.segments.writersAfter(segment.last);
    const kept = [...writers].filter(([writer]) => active.has(writer)).map(([, admission]) => keptAdmission(admission));
    const { first, last } = segment;
    return { first, last, root: frontier.root().toString('hex'), tenants, writers: kept };
  }

  /** @returns the index of the entry that lets the verifier and the database do without the month */
  private async announce(plan: RetentionPlan & { readonly seal: Seal }): Promise<number> {
    const { first, last, root } = plan.seal;
    const said =
      (await this.said('retention.drop', plan.month)) ??
      (await this.evidence.record(undefined, 'retention.drop', {
        parent: plan.sealEntry ?? undefined,
        metadata: {
          month: plan.month,
          first,
          last,
          root,
          plan: plan.id,
          planned_by: plan.plannedBy,
          approved_by: plan.approvedBy ?? undefined,
          archive_sha256: plan.archive?.sha256,
        },
      }));
    const { index } = (await this.entries.byId(said.entryId)) ?? {};
    if (index === undefined) throw new Error('the entry that announces the drop is not in the database yet');
    await this.plans.dropping(plan.id, said.entryId, index);
    return index;
  }

  /** An entry that an earlier attempt left, before it died. */
  private async said(event: 'segment.seal' | 'retention.drop', month: Month): Promise<{ entryId: string } | undefined> {
    const found: StoredEntry[] = await this.entries.newest({ event }, { limit: 200 });
    const entry = found.find(({ header }) => header.metadata?.['month'] === month);
    return entry && { entryId: entry.header.entry_id };
  }
}
