import type { Comparison } from './compare/compare';
import type { PromotionPlan } from './plan';

/**
 * `evaluating`: the candidate is asked the cases of a suite; `awaiting_approval`: it passed, and a second person must agree; `canary`: a
 * share of calls gets it. The others are final, but that what was promoted may be rolled back.
 */
export const PROMOTION_STATES = [
  'evaluating',
  'awaiting_approval',
  'canary',
  'promoted',
  'rolled_back',
  'rejected',
  'cancelled',
  'failed',
] as const;
export type PromotionState = (typeof PROMOTION_STATES)[number];

const NEXT: Readonly<Record<PromotionState, readonly PromotionState[]>> = {
  evaluating: ['awaiting_approval', 'failed', 'cancelled'],
  awaiting_approval: ['canary', 'rejected', 'cancelled'],
  canary: ['canary', 'promoted', 'rolled_back', 'cancelled'],
  promoted: ['rolled_back'],
  rolled_back: [],
  rejected: [],
  cancelled: [],
  failed: [],
};

export function mayBecome(from: PromotionState, to: PromotionState): boolean {
  return NEXT[from].includes(to);
}

/** Nothing happens to it any more by itself. */
export function isOver(state: PromotionState): boolean {
  return !NEXT[state].length || state === 'promoted';
}

/** What its eval gave, of the candidate and of what the alias stood for. */
export interface Evaluation {
  readonly passed: boolean;
  readonly score: number;
  readonly baseline: number;
  readonly pass_rate: number;
  readonly errors: number;
}

export interface Promotion {
  readonly id: string;
  readonly tenantId: string;
  readonly alias: string;
  /** `provider/model`. */
  readonly candidate: string;
  readonly suite: string;
  readonly plan: PromotionPlan;
  readonly state: PromotionState;
  /** Which step of the canary, from 0. */
  readonly step: number;
  /** Why it ended as it did, a word. */
  readonly reason: string | undefined;
  /** What answered to the alias when it began: with what the candidate is compared. */
  readonly incumbent: string;
  /** What the alias stood for then, best first. */
  readonly former: readonly string[];
  /** Of the alias: when it began, and since it was promoted of that. */
  readonly aliasVersion: number;
  readonly flag: string;
  /** Undefined while there is none. */
  readonly flagVersion: number | undefined;
  readonly evalRun: string;
  /** Keys. */
  readonly requestedBy: string;
  readonly approvedBy: string | undefined;
  readonly evaluation: Evaluation | undefined;
  readonly comparison: Comparison | undefined;
  readonly canarySince: Date | undefined;
  readonly stepSince: Date | undefined;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** A state that it came to, and the entry of the audit log that says so. */
export interface PromotionStep {
  readonly state: PromotionState;
  readonly step: number;
  readonly reason: string | undefined;
  /** The key that decided; undefined: nobody, it followed by itself. */
  readonly by: string | undefined;
  readonly entryId: string;
  readonly at: Date;
}
