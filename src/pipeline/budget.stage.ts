import { Injectable } from '@nestjs/common';
import type { Candidate, ConformingCall, FundedCall, Handler } from '../contract/call';
import { GatewayError } from '../contract/errors';
import type { Reply } from '../contract/reply';
import { rewritten } from '../contract/rewritten';
import { Stage } from '../contract/stage';
import { withMaxTokens } from '../contract/with-max-tokens';
import { Subjects } from '../features/audit';
import { type Budget, BudgetHolds, BudgetIndex, exhaustedBudget, type Hold } from '../features/budgets';
import { Config } from '../platform/config/config';
import { PriceBook } from '../features/cost';
import { CheaperModels } from './cheaper-models.service';
import { Expense } from './expense';
import { type FundingPlan, fundingPlan } from './funding-plan';
import { NotedRecord } from './noted-record';

/** A call with what is held for it; nothing where it costs nothing, or where budgets cannot be read and none is hard. */
interface Funded {
  readonly plan: FundingPlan;
  readonly hold?: Hold;
  readonly downgraded?: true;
}

/**
 * What a call may cost is held before a provider is asked, in every budget it counts towards; what it did cost is settled when it
 * ends. A call without a budget passes untouched.
 */
@Injectable()
export class BudgetStage extends Stage<ConformingCall, FundedCall> {
  private readonly sandboxes: ReadonlySet<string>;

  constructor(
    private readonly config: Config,
    private readonly index: BudgetIndex,
    private readonly holds: BudgetHolds,
    private readonly prices: PriceBook,
    private readonly subjects: Subjects,
    private readonly cheaper: CheaperModels,
  ) {
    super();
    this.sandboxes = new Set(config.providers.filter(({ type }) => type === 'sandbox').map(({ name }) => name));
  }

  override wrap(next: Handler<FundedCall>): Handler<ConformingCall> {
    return (call) => {
      // counting tokens is free
      if (!this.index.has(call.caller.tenantId) || call.request.operation === 'count_tokens')
        return next({ ...call, funding: {} });
      switch (call.inBatch?.way) {
        case 'out':
          // what is held for the batch pays for it
          return next({ ...call, funding: {} });
        case 'back':
          return this.paid(call, next);
        default:
          return this.budgeted(call, next);
      }
    };
  }

  /** Its answer is there, and will be paid for whatever budgets say. */
  private async paid(call: ConformingCall, next: Handler<FundedCall>): Promise<Reply> {
    const hold = await this.holdFor(call).catch(() => undefined);
    if (!hold) return next({ ...call, funding: {} });
    return this.held(call, hold.plan, hold.hold, next);
  }

  private async holdFor(call: ConformingCall) {
    const budgets = this.index.of(await this.scopeOf(call));
    const { estimate, ...planned } = this.planOf(call, budgets);
    // its answer is as long as it is
    const plan = { ...planned, estimate: { ...estimate, elastic: false } };
    const taken = budgets.length ? await this.take(call, budgets, plan) : undefined;
    return taken?.kind === 'held' ? { plan, hold: taken.hold } : undefined;
  }

  private async budgeted(call: ConformingCall, next: Handler<FundedCall>): Promise<Reply> {
    const budgets = this.index.of(await this.scopeOf(call));
    if (!budgets.length) return next({ ...call, funding: {} });
    const { plan, hold, downgraded } = await this.fund(call, budgets);
    const planned = { ...call, candidates: plan.candidates };
    const reply = hold ? await this.held(planned, plan, hold, next) : await next({ ...planned, funding: {} });
    if (!downgraded) return reply;
    call.record.note('degraded', 'budget');
    return { ...reply, degraded: 'budget' };
  }

  private async held(call: ConformingCall, plan: FundingPlan, hold: Hold, next: Handler<FundedCall>): Promise<Reply> {
    const record = new NotedRecord(call.record);
    const limits = {
      ...(hold.over && { over: true as const }),
      ...maximumOf(plan, hold),
    };
    const { maxTokens } = limits;
    if (maxTokens !== undefined || limits.over) record.note('budget', limits);
    const outgoing =
      maxTokens === undefined ? call.outgoing : rewritten(call.outgoing, (form) => withMaxTokens(form, maxTokens));
    const expense = new Expense(call, record, this.prices, timeOf(call), (cost, answered) =>
      this.holds.settle(hold, cost, !answered),
    );
    const funding = { hold: `${hold.callId}/${hold.n}` };
    let reply: Reply;
    try {
      reply = await next({ ...call, record, outgoing, funding });
    } catch (error) {
      expense.failed(error);
      throw error;
    }
    return {
      ...expense.settling(reply),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(limits.over && { overBudget: true }),
    };
  }

  /** @throws GatewayError `storage_unavailable` when the person cannot be named */
  private async scopeOf({ caller: { tenantId, keyId }, user, tags }: ConformingCall) {
    if (user === undefined || !this.index.asksForUsers(tenantId)) return { tenantId, keyId, tags };
    try {
      return { tenantId, keyId, tags, userRef: await this.subjects.reference(tenantId, user) };
    } catch (cause) {
      throw new GatewayError('storage_unavailable', 'Budgets cannot be read now', { retryAfter: 2, cause });
    }
  }

  /** @throws GatewayError `budget_exhausted`, `storage_unavailable` */
  private async fund(call: ConformingCall, budgets: readonly Budget[]): Promise<Funded> {
    const plan = this.planOf(call, budgets);
    const taken = await this.take(call, budgets, plan);
    if (taken === undefined) return { plan };
    if (taken.kind === 'held') return { plan, hold: taken.hold };
    const { shortage } = taken;
    const budget = budgets.find(({ id }) => id === shortage.budgetId);
    return (await this.downgraded(call, budgets, budget)) ?? refuse(exhaustedBudget(shortage, budget));
  }

  /** With a cheaper model, where the budget says so and that fits. */
  private async downgraded(
    call: ConformingCall,
    budgets: readonly Budget[],
    budget: Budget | undefined,
  ): Promise<Funded | undefined> {
    // another model would be no comparison
    if (call.shadows !== undefined) return undefined;
    const candidates = budget?.action.kind === 'downgrade' ? this.cheaper.of(budget.action.to, call) : undefined;
    if (!candidates) return undefined;
    const plan = this.planOf({ ...call, candidates }, budgets);
    const taken = await this.take(call, budgets, plan);
    if (taken?.kind === 'short') return undefined;
    return { plan, downgraded: true, ...(taken && { hold: taken.hold }) };
  }

  private planOf(
    call: Pick<ConformingCall, 'candidates' | 'outgoing' | 'id' | 'receivedAt'>,
    budgets: readonly Budget[],
  ) {
    const strict = this.config.budgets.unpriced === 'refuse' && budgets.some(({ hard }) => hard);
    const unpriced = ({ provider }: Candidate) => (strict && !this.sandboxes.has(provider) ? 'refused' : 'free');
    return fundingPlan(call, { prices: this.prices, unpriced, at: timeOf(call) });
  }

  /** @returns undefined when there is nothing to hold, or no way to while that is no reason to refuse */
  private async take(call: ConformingCall, budgets: readonly Budget[], { estimate }: FundingPlan) {
    if (estimate.base + estimate.perToken === 0n) return undefined;
    const ids = budgets.map(({ id }) => id);
    try {
      const job = call.job && { job: call.job.id };
      return await this.holds.take({ callId: call.id, at: timeOf(call), budgets: ids, estimate, ...job });
    } catch (error) {
      if (budgets.some(({ hard }) => hard)) throw error;
      return undefined;
    }
  }
}

/** The maximum of answer tokens that a provider must be told for the hold to be enough. */
function maximumOf({ estimate, candidates, told }: FundingPlan, { tokens }: Hold): Pick<Reply, 'maxTokens'> {
  if (!estimate.elastic || (tokens >= estimate.tokens && !told)) return {};
  // a provider refuses more than its model can
  return { maxTokens: Math.min(tokens, ...candidates.map(({ maxOutputTokens }) => maxOutputTokens ?? Infinity)) };
}

/** When the call came, as the ledger will book it: the id of a call begins with the time. */
function timeOf({ id, receivedAt }: Pick<ConformingCall, 'id' | 'receivedAt'>): number {
  return id[14] === '7' ? parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : receivedAt;
}

function refuse(error: GatewayError): never {
  throw error;
}
