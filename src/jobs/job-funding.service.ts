import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';
import type { Candidate } from '../contract/call';
import type { Caller } from '../contract/caller';
import { GatewayError } from '../contract/errors';
import type { JobEstimate } from '../contract/job';
import type { Picos } from '../contract/money';
import { Subjects } from '../features/audit';
import {
  type Budget,
  BudgetIndex,
  endJobHolds,
  type Estimate,
  exhaustedBudget,
  takeForJob,
  UNKNOWN_OUTPUT,
} from '../features/budgets';
import { PriceBook } from '../features/cost';
import { JobEndings, type Submission } from '../features/jobs';
import { isModelAllowed } from '../features/limits';
import { ModelRegistry } from '../features/models';
import { Config } from '../platform/config/config';

/** What providers put around a prompt. */
const FRAME_TOKENS = 128;

export interface FundedJob {
  readonly id: string;
  /** Tells apart the several times that it was handed in. */
  readonly n: number;
  /** When nobody ends the hold, it counts no longer than this. */
  readonly seconds: number;
}
export type HoldForJob = (client: ClientBase, job: FundedJob) => Promise<void>;

/** The money that a job may cost, held from when it is handed in until it ends; its calls take from it. */
@Injectable()
export class JobFunding {
  private readonly sandboxes: ReadonlySet<string>;

  constructor(
    private readonly config: Config,
    private readonly index: BudgetIndex,
    private readonly prices: PriceBook,
    private readonly models: ModelRegistry,
    private readonly subjects: Subjects,
    endings: JobEndings,
  ) {
    this.sandboxes = new Set(config.providers.filter(({ type }) => type === 'sandbox').map(({ name }) => name));
    endings.add(
      ({ job }) => job.held,
      (client, ended) =>
        endJobHolds(
          client,
          ended.map(({ job }) => job.id),
        ),
    );
  }

  /**
   * @returns what holds the money, within the transaction in which the job is handed in; it throws `budget_exhausted` when that does
   *   not fit. Undefined where there is nothing to hold
   * @throws GatewayError `model_not_found`, `model_not_allowed`; `budget_exhausted` when a model has no price and must have one
   */
  async plan(
    caller: Caller,
    { user, tags }: Pick<Submission, 'user' | 'tags'>,
    estimates: readonly JobEstimate[],
  ): Promise<HoldForJob | undefined> {
    const candidates = estimates.map((one) => this.candidatesOf(one, caller));
    const { tenantId, keyId } = caller;
    if (!this.index.has(tenantId)) return undefined;
    const userRef =
      user !== undefined && this.index.asksForUsers(tenantId) ? await this.refOf(tenantId, user) : undefined;
    const budgets = this.index.of({ tenantId, keyId, userRef, tags });
    if (!budgets.length) return undefined;
    const estimate = this.estimateOf(estimates, candidates, budgets);
    if (estimate.base + estimate.perToken === 0n) return undefined;
    return (client, job) => this.hold(client, job, caller, budgets, estimates, estimate);
  }

  private async hold(
    client: ClientBase,
    { id: jobId, n, seconds }: FundedJob,
    caller: Caller,
    budgets: readonly Budget[],
    estimates: readonly JobEstimate[],
    estimate: Estimate,
  ): Promise<void> {
    const request = {
      jobId,
      tenantId: caller.tenantId,
      n,
      at: Date.now(),
      budgets: budgets.map(({ id }) => id),
      seconds,
    };
    const taken = await takeForJob(client, { ...request, estimate });
    if (taken.kind === 'held') return;
    const budget = budgets.find(({ id }) => id === taken.shortage.budgetId);
    if (budget?.action.kind === 'downgrade') {
      const { to } = budget.action;
      const cheaper = estimates.map((one) => ({ ...one, model: to }));
      const fits = this.estimateOf(
        cheaper,
        cheaper.map((one) => this.candidatesOf(one, caller)),
        budgets,
      );
      if ((await takeForJob(client, { ...request, estimate: fits })).kind === 'held') return;
    }
    throw exhaustedBudget(taken.shortage, budget);
  }

  private candidatesOf({ model, operation, optional }: JobEstimate, { models }: Caller): readonly Candidate[] {
    let allowed: readonly Candidate[] = [];
    try {
      allowed = this.models
        .resolve(model, operation ?? 'chat')
        .filter((one) => isModelAllowed(models, model, one.model, `${one.provider}/${one.model}`));
    } catch (error) {
      if (!optional) throw error;
    }
    if (allowed.length || optional) return allowed;
    throw new GatewayError('model_not_allowed', `This key may not use the model '${model}'`, { param: 'input.model' });
  }

  /** The dearest of those that may answer, each as often as it may be asked. */
  private estimateOf(
    estimates: readonly JobEstimate[],
    candidates: readonly (readonly Candidate[])[],
    budgets: readonly Budget[],
  ): Estimate {
    const strict = this.config.budgets.unpriced === 'refuse' && budgets.some(({ hard }) => hard);
    const at = Date.now();
    let [base, perToken, tokens, elastic] = [0n, 0n, 0, false];
    for (const [i, { model: asked, promptBytes, maxTokens, answers = 1, times }] of estimates.entries()) {
      const wanted = maxTokens ?? Infinity;
      // what is asked of a model by its own name goes out as it is
      const isKept = Number.isFinite(wanted) && !this.models.isAlias(asked);
      let dearest: { readonly prompt: Picos; readonly whole: Picos; readonly output: number } | undefined;
      for (const { provider, model, maxOutputTokens = UNKNOWN_OUTPUT } of candidates[i] ?? []) {
        const output = isKept ? wanted : Math.min(wanted, Math.ceil(maxOutputTokens * answers));
        const worst = (outputTokens: number) =>
          this.prices.worst(
            `${provider}/${model}`,
            { inputTokens: promptBytes + FRAME_TOKENS, outputTokens, cacheWrites: false },
            at,
          );
        const [prompt, whole] = [worst(0), worst(output)];
        if (prompt === undefined || whole === undefined) {
          if (strict && !this.sandboxes.has(provider)) throw unpriced(`${provider}/${model}`);
        } else if (!dearest || whole > dearest.whole) dearest = { prompt, whole, output };
      }
      if (!dearest) continue;
      const count = BigInt(times);
      // one answer of any length is cut to what a budget leaves; the answers of many are bounds as they are
      elastic = estimates.length === 1 && times === 1 && answers === 1 && maxTokens === undefined;
      base += count * (elastic ? dearest.prompt : dearest.whole);
      if (!elastic) continue;
      tokens = dearest.output;
      perToken = (dearest.whole - dearest.prompt) / BigInt(Math.max(1, tokens));
    }
    return { base, perToken, tokens, elastic };
  }

  private async refOf(tenantId: string, user: string): Promise<string> {
    try {
      return await this.subjects.reference(tenantId, user);
    } catch (cause) {
      throw new GatewayError('storage_unavailable', 'Budgets cannot be read now', { retryAfter: 2, cause });
    }
  }
}

function unpriced(target: string): GatewayError {
  return new GatewayError(
    'budget_exhausted',
    `The model ${target} has no price in prices.yaml, and a hard budget applies to this job: what it costs cannot be held`,
    { details: { unpriced: target.slice(0, 200) } },
  );
}
