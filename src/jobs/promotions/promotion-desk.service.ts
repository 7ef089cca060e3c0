import { Injectable } from '@nestjs/common';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { isUuid, uuidv7 } from '../../contract/ids';
import { Acts } from '../../features/audit';
import { Suites } from '../../features/evals';
import { FlagEvaluations, FlagSettings } from '../../features/flags';
import { JobReader } from '../../features/jobs';
import { Aliases, ModelRegistry } from '../../features/models';
import {
  canaryFlag,
  flagName,
  type NewPromotion,
  type Promotion,
  type PromotionPlan,
  Promotions,
} from '../../features/promotions';
import { JobIntake } from '../job-intake.service';
import { PromotionActs } from './promotion-acts.service';

/** Somebody decided; why is in the log, encrypted. */
const BY_HAND = 'by_hand';

export interface PromotionRequest {
  readonly alias: string;
  readonly candidate: string;
  readonly suite: string;
  readonly plan: PromotionPlan;
}

/** What people do about promotions. */
@Injectable()
export class PromotionDesk {
  // prettier-ignore
  constructor(
    private readonly promotions: Promotions, private readonly changes: PromotionActs, private readonly acts: Acts,
    private readonly aliases: Aliases, private readonly models: ModelRegistry, private readonly suites: Suites,
    private readonly flags: FlagSettings, private readonly evaluations: FlagEvaluations,
    private readonly jobs: JobReader, private readonly intake: JobIntake,
  ) {}

  /** @throws GatewayError `not_found` for the alias or the suite, `model_not_found`, `conflict` */
  async request(caller: Caller, { alias, candidate, suite, plan }: PromotionRequest): Promise<Promotion> {
    this.requireOwnFlags();
    this.suites.find(suite);
    const { models: former, version: aliasVersion } = await this.aliases.find(alias);
    const [first] = this.models.resolve(alias, 'chat');
    const incumbent = `${first.provider}/${first.model}`;
    if (incumbent === candidate)
      throw new GatewayError('invalid_request', `${alias} stands for ${candidate} already`, { param: 'candidate' });
    this.models.resolve(candidate, 'chat');
    const id = uuidv7();
    const flag = flagName(alias, id);
    const made: NewPromotion = {
      id,
      alias,
      candidate,
      suite,
      plan,
      incumbent,
      former,
      aliasVersion,
      flag,
      tenantId: caller.tenantId,
      evalRun: uuidv7(),
      requestedBy: caller.keyId,
    };
    await this.flags.look();
    this.checkFlag(made);
    const act = { event: 'promotion.request', metadata: { target: id, alias, candidate, suite } } as const;
    await this.acts.perform(caller, { ...act, payload: { plan } }, ({ entryId }) =>
      this.promotions.within((db) => this.promotions.add(db, made, entryId)),
    );
    return this.find(id);
  }

  /** @throws GatewayError `not_found` */
  async find(id: string): Promise<Promotion> {
    const found = isUuid(id) ? await this.promotions.find(id) : undefined;
    if (!found) throw new GatewayError('not_found', 'There is no such promotion');
    return found;
  }

  /** By a second person: the canary begins. @throws GatewayError `forbidden` for the one who asked; `conflict` */
  approve(actor: Caller, id: string, comment: string | undefined): Promise<Promotion> {
    return this.decided(id, async (promotion) => {
      if (promotion.requestedBy === actor.keyId)
        throw new GatewayError('forbidden', 'A second person must agree: this key is the one that asked');
      this.requireOwnFlags();
      await this.flags.look();
      this.checkFlag(promotion);
      return { event: 'promotion.approve', actor, to: 'canary', step: 0, comment };
    });
  }

  /** @throws GatewayError `conflict` */
  reject(actor: Caller, id: string, comment: string | undefined): Promise<Promotion> {
    return this.decided(id, () => ({ event: 'promotion.reject', actor, to: 'rejected', reason: BY_HAND, comment }));
  }

  /** Wherever it is under way; a canary ends, a run of its suite is stopped. @throws GatewayError `conflict` */
  async cancel(actor: Caller, id: string, comment: string | undefined): Promise<Promotion> {
    const cancelled = await this.decided(id, () => ({
      event: 'promotion.cancel',
      actor,
      to: 'cancelled',
      reason: BY_HAND,
      comment,
    }));
    const run = await this.jobs.find(cancelled.evalRun);
    if (run && !run.finishedAt) await this.intake.cancel(actor, run);
    return cancelled;
  }

  /** A canary ends, or the alias stands for what it stood for. @throws GatewayError `conflict`, also when the alias was moved since */
  rollBack(actor: Caller, id: string, comment: string | undefined): Promise<Promotion> {
    return this.decided(id, () => ({
      event: 'promotion.rollback',
      actor,
      to: 'rolled_back',
      reason: BY_HAND,
      comment,
    }));
  }

  private async decided(id: string, decide: Parameters<PromotionActs['change']>[1]): Promise<Promotion> {
    await this.find(id);
    await this.changes.change(id, decide);
    return this.find(id);
  }

  /** Another service does not know the flag of a canary: it would give everybody the default. */
  private requireOwnFlags(): void {
    const { provider } = this.evaluations;
    if (provider === 'gatehouse') return;
    throw new GatewayError(
      'conflict',
      `A canary needs flags that the gateway evaluates: flags.provider is ${provider}`,
    );
  }

  private checkFlag(promotion: NewPromotion): void {
    try {
      this.flags.check(promotion.flag, canaryFlag(promotion, 0));
    } catch (error) {
      const { code, message, facts } = GatewayError.from(error);
      throw new GatewayError(code, message, {
        ...facts,
        param: facts.param === 'flag.decides' ? 'alias' : 'candidate',
      });
    }
  }
}
