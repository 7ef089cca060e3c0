import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { GatewayError } from '../../contract/errors';
import type { EvalReport } from '../../features/evals';
import { FINAL, JobReader } from '../../features/jobs';
import { FlagTable } from '../../features/flags';
import { Aliases } from '../../features/models';
import { type Evaluation, nextStep, type Promotion, Promotions } from '../../features/promotions';
import { KeyRing } from '../../features/tenancy';
import { EvalRuns } from '../evals/eval-runs.service';
import { Turns } from '../turns';
import { mayPass } from '../waits';
import { CanaryEvidence } from './canary-evidence.service';
import { type PromotionAct, PromotionActs } from './promotion-acts.service';

const SWEEP_MS = 1_000;

/** Takes promotions on by themselves, every second in every process: each is looked at by one of them at a time. What a process that died had begun is the next one's. */
@Injectable()
export class PromotionSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly turns = new Turns(
    () => this.sweep(),
    SWEEP_MS,
    new Logger('Promotions'),
    'promotions could not be seen to',
  );
  private stopped = false;

  // prettier-ignore
  constructor(
    private readonly promotions: Promotions, private readonly acts: PromotionActs, private readonly evidence: CanaryEvidence,
    private readonly runs: EvalRuns, private readonly jobs: JobReader, private readonly ring: KeyRing, private readonly aliases: Aliases,
    private readonly flags: FlagTable,
  ) {}

  onApplicationBootstrap(): void {
    this.turns.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    return this.turns.stop();
  }

  /** One that fails keeps none of the others. */
  private async sweep(): Promise<void> {
    const failures: unknown[] = [];
    for (const id of await this.promotions.waiting())
      if (!this.stopped) await this.seeTo(id).catch((error: unknown) => failures.push(error));
    if (failures.length) throw failures[0];
  }

  /** What can never be done ends the promotion, rather than being tried for ever. */
  private async seeTo(id: string): Promise<void> {
    try {
      await this.acts.change(id, (promotion, db) => this.look(promotion, db), false);
    } catch (error) {
      const failure = GatewayError.from(error);
      if (mayPass(failure) || failure.code === 'conflict') throw error;
      const gaveUp: PromotionAct = { event: 'promotion.rollback', to: 'rolled_back', reason: failure.code };
      await this.acts.change(id, ({ state }) => (state === 'canary' ? gaveUp : undefined), false);
    }
  }

  private look(promotion: Promotion, db: EntityManager): Promise<PromotionAct | undefined> {
    if (promotion.state === 'evaluating') return this.evaluated(promotion);
    return promotion.state === 'canary' ? this.compared(promotion, db) : Promise.resolve(undefined);
  }

  /** Begins the run of the suite, and takes what it gave. */
  private async evaluated(promotion: Promotion): Promise<PromotionAct | undefined> {
    const { id, evalRun, suite, candidate, incumbent, requestedBy, plan } = promotion;
    const failed = (reason: string, evaluation?: Evaluation): PromotionAct => {
      return { event: 'promotion.evaluate', to: 'failed', reason, ...(evaluation && { evaluation }) };
    };
    const run = await this.jobs.find(evalRun);
    if (!run)
      try {
        const caller = await this.ring.callerOf(requestedBy);
        await this.runs.start(caller, {
          id: evalRun,
          suite,
          models: [candidate],
          baseline: incumbent,
          idempotencyKey: `promotion:${id}`,
        });
        return undefined;
      } catch (error) {
        const failure = GatewayError.from(error);
        if (mayPass(failure)) throw error;
        return failed(failure.code);
      }
    if (!FINAL.has(run.status)) return undefined;
    const { result } = (await this.jobs.full(evalRun)) ?? {};
    if (!result) return failed(`eval_${run.status}`);
    const evaluation = evaluationOf(result as EvalReport, candidate);
    if (!evaluation.passed) return failed('eval_thresholds', evaluation);
    if (evaluation.baseline - evaluation.score > plan.thresholds.score_drop) return failed('score_drop', evaluation);
    return { event: 'promotion.evaluate', to: 'awaiting_approval', evaluation };
  }

  /** Compares the calls of a canary, and takes it a step on or back. */
  private async compared(promotion: Promotion, db: EntityManager): Promise<PromotionAct | undefined> {
    const { step, plan, stepSince } = promotion;
    const rollBack = (reason: string): PromotionAct => ({ event: 'promotion.rollback', to: 'rolled_back', reason });
    const changed = await this.changedElsewhere(promotion);
    if (changed) return rollBack(changed);
    const comparison = await this.evidence.of(promotion);
    const seconds = (Date.now() - (stepSince?.getTime() ?? Date.now())) / 1_000;
    const verdict = nextStep(comparison, seconds, plan);
    if (verdict.kind === 'roll_back') return { ...rollBack(verdict.reason), comparison };
    if (verdict.kind === 'advance')
      return step + 1 < plan.canary.steps.length
        ? { event: 'promotion.step', to: 'canary', step: step + 1, comparison }
        : { event: 'promotion.complete', to: 'promoted', comparison };
    await this.promotions.note(db, promotion, comparison);
    return undefined;
  }

  /** Somebody took the alias elsewhere, or the flag: what is compared is not the canary any more. */
  private async changedElsewhere({ alias, aliasVersion, flag, flagVersion }: Promotion): Promise<string | undefined> {
    const { version, killed } = this.flags.storedAs(flag);
    // a process may not know the newest yet
    if (version > (flagVersion ?? 0)) return killed ? 'flag_killed' : 'flag_changed';
    const now = await this.aliases.find(alias).catch((error: unknown) => {
      if (GatewayError.from(error).code === 'not_found') return undefined;
      throw error;
    });
    return now?.version === aliasVersion ? undefined : 'alias_changed';
  }
}

function evaluationOf({ models }: EvalReport, candidate: string): Evaluation {
  const report = models.find(({ model }) => model === candidate);
  return {
    passed: report?.passed ?? false,
    score: report?.score ?? 0,
    baseline: report?.baseline?.score ?? 0,
    pass_rate: report?.pass_rate ?? 0,
    errors: report?.errors ?? 0,
  };
}
