import type { Promotion, PromotionState, PromotionStep } from '../../features/promotions';
import type { PromotionSummary, PromotionView } from './promotion-schema';

const MAY: Readonly<Partial<Record<PromotionState, readonly string[]>>> = {
  evaluating: ['cancel'],
  awaiting_approval: ['approve', 'reject', 'cancel'],
  canary: ['rollback', 'cancel'],
  promoted: ['rollback'],
};

export function summaryView(promotion: Promotion): PromotionSummary {
  const { id, alias, candidate, suite, state, step, plan, reason, requestedBy, approvedBy } = promotion;
  const isCanary = state === 'canary';
  return {
    id,
    alias,
    candidate,
    suite,
    state,
    step: isCanary ? step + 1 : null,
    percent: isCanary ? (plan.canary.steps[step] ?? null) : state === 'promoted' ? 100 : null,
    reason: reason ?? null,
    requested_by: requestedBy,
    approved_by: approvedBy ?? null,
    created_at: promotion.createdAt.toISOString(),
    changed_at: promotion.changedAt.toISOString(),
  };
}

export function promotionView(promotion: Promotion, steps: readonly PromotionStep[]): PromotionView {
  const { id, plan, incumbent, former, flag, evalRun, evaluation, comparison, state } = promotion;
  const self = `/v1/promotions/${id}`;
  return {
    ...summaryView(promotion),
    ...plan,
    incumbent,
    former: [...former],
    flag,
    eval_run: `/v1/evals/runs/${evalRun}`,
    evaluation: evaluation ?? null,
    comparison: comparison ? { ...comparison, measures: [...comparison.measures] } : null,
    history: steps.map((step) => ({
      state: step.state,
      step: step.state === 'canary' ? step.step + 1 : null,
      reason: step.reason ?? null,
      by: step.by ?? null,
      audit_entry: step.entryId,
      at: step.at.toISOString(),
    })),
    links: { self, ...Object.fromEntries((MAY[state] ?? []).map((act) => [act, `${self}/${act}`])) },
  };
}
