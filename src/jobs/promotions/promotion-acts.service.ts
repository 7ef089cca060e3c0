import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { AuditLog, type Facts, type PlainObject } from '../../features/audit';
import { Aliases } from '../../features/models';
import { canaryFlag, checkMove, type Move, type Promotion, Promotions } from '../../features/promotions';
import { FlagSettings } from '../../features/flags';
import { EventBus } from '../../platform/events/event-bus';

/** What is done to a promotion: which state it comes to, and what else with that. */
export interface PromotionAct extends Pick<Move, 'to' | 'step' | 'reason' | 'evaluation' | 'comparison'> {
  readonly event: Facts['event'];
  /** Who decided; absent: it follows by itself. */
  readonly actor?: Caller | undefined;
  /** What they said about it; kept encrypted. */
  readonly comment?: string | undefined;
}

type Changed = Pick<Move, 'flagVersion' | 'aliasVersion'>;

/**
 * Each change of a promotion is one transaction – its state, the canary's flag, the alias – that begins when its entry is durable in the audit
 * log and keeps that entry's id. Should the transaction fail, a second entry says so.
 */
@Injectable()
export class PromotionActs {
  // prettier-ignore
  constructor(
    private readonly promotions: Promotions, private readonly log: AuditLog, private readonly flags: FlagSettings,
    private readonly aliases: Aliases, private readonly events: EventBus,
  ) {}

  /**
   * @param decide looks at the promotion, which is nobody else's meanwhile, and says what becomes of it; undefined: nothing
   * @param wait false: does nothing while somebody else has it
   * @returns what it was before, where something became of it
   * @throws GatewayError `not_found`, `conflict`; what `decide` throws
   */
  async change(
    id: string,
    decide: (promotion: Promotion, db: EntityManager) => Promise<PromotionAct | undefined> | PromotionAct | undefined,
    wait = true,
  ): Promise<Promotion | undefined> {
    let recorded: { readonly facts: Facts; readonly entryId: string } | undefined;
    let done: { readonly before: Promotion; readonly act: PromotionAct } | undefined;
    try {
      await this.promotions.within(async (db) => {
        const before = await this.promotions.locked(db, id, wait);
        if (!before && wait) throw new GatewayError('not_found', 'There is no such promotion');
        const act = before && (await decide(before, db));
        if (!before || !act) return;
        checkMove(before, act.to);
        recorded = await this.record(before, act);
        const { entryId } = recorded;
        const { to, step, reason, evaluation, comparison, actor } = act;
        const changed = await this.carryOut(db, before, act);
        const approvedBy = act.event === 'promotion.approve' ? actor?.keyId : undefined;
        await this.promotions.move(db, before, {
          to,
          step,
          reason,
          evaluation,
          comparison,
          by: actor?.keyId,
          approvedBy,
          entryId,
          ...changed,
        });
        done = { before, act };
      });
    } catch (error) {
      if (recorded) await this.recordFailure(recorded, error);
      throw error;
    }
    if (!done) return undefined;
    await this.tell(done.before, done.act);
    return done.before;
  }

  /** What goes with the new state: the share of the canary's flag, its end, the move of the alias. */
  private async carryOut(
    db: EntityManager,
    promotion: Promotion,
    { to, step = promotion.step, actor }: PromotionAct,
  ): Promise<Changed> {
    const { alias, candidate, former, aliasVersion, flag, state, requestedBy } = promotion;
    const by = actor?.keyId ?? promotion.approvedBy ?? requestedBy;
    const set = async (definition: Parameters<FlagSettings['setWithin']>[2]) =>
      this.flags.setWithin(db, flag, definition, by);
    const moved = async (models: readonly string[]) =>
      (await this.aliases.move(db, { alias, models, expected: aliasVersion, by })).version;
    if (to === 'canary') return { flagVersion: await set(canaryFlag(promotion, step)) };
    // what was promoted goes back, at once
    if (state === 'promoted') return { aliasVersion: await moved(former) };
    if (state !== 'canary') return {};
    await set(undefined);
    if (to !== 'promoted') return { flagVersion: null };
    return {
      flagVersion: null,
      aliasVersion: await moved([candidate, ...former.filter((model) => model !== candidate)]),
    };
  }

  private async record(promotion: Promotion, act: PromotionAct) {
    const { event, actor, to, step, reason, evaluation, comparison, comment } = act;
    const { id, tenantId, alias, candidate } = promotion;
    const percent = to === 'canary' ? promotion.plan.canary.steps[step ?? promotion.step] : undefined;
    const metadata: PlainObject = {
      target: id,
      alias,
      candidate,
      from: promotion.state,
      to,
      reason,
      // headers hold whole numbers
      share_permille: percent === undefined ? undefined : Math.round(percent * 10),
      score_permille: evaluation && Math.round(evaluation.score * 1_000),
      baseline_permille: evaluation && Math.round(evaluation.baseline * 1_000),
      candidate_calls: comparison?.candidate_calls,
      rest_calls: comparison?.rest_calls,
    };
    const facts: Facts = { event, tenant: tenantId, ...(actor && { actor: actor.keyId }), metadata };
    const [entry] = await this.log.append({
      facts: { ...facts, outcome: 'intended' },
      payload: { comparison, comment },
    });
    if (!entry) throw new GatewayError('audit_unavailable', 'Nothing was recorded');
    return { facts, entryId: entry.entryId };
  }

  private async recordFailure({ facts, entryId }: { facts: Facts; entryId: string }, error: unknown): Promise<void> {
    const metadata = { target: facts.metadata?.['target'], error_code: GatewayError.from(error).code };
    await this.log.append({ facts: { ...facts, outcome: 'failed', parent: entryId, metadata } });
  }

  private async tell({ id, alias, candidate, state }: Promotion, { to, reason }: PromotionAct): Promise<void> {
    const facts = { id, alias, candidate, from: state, to, ...(reason !== undefined && { reason }) };
    this.events.emit('promotion.changed', facts);
    if (to === 'rolled_back') this.events.emit('promotion.rolled_back', facts);
    // the others look four times a second
    await Promise.all([this.flags.look(), this.aliases.look()]).catch(() => undefined);
  }
}
