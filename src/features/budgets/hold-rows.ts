import type { Hold, HoldRequest, Shortage, Taken } from './budget-holds';

/** The least that an elastic answer is cut down to. */
const LEAST_TOKENS = 256;

/** One verdict of `budget_take`: amounts are text, for JSON has no whole numbers of that size. */
export type Verdict =
  | { readonly picos: string; readonly tokens: number; readonly over: boolean }
  | {
      readonly refusal: {
        readonly budget: string;
        readonly limit: string;
        readonly asked: string;
        readonly spent: string;
        readonly held: string;
        readonly starts: string;
        readonly ends: string | null;
      };
    };

export function takeRow({ callId, at, budgets, estimate }: HoldRequest, n: number): object {
  const { base, perToken, tokens, elastic } = estimate;
  return {
    call_id: callId,
    n,
    at,
    budgets,
    base: base.toString(),
    per: perToken.toString(),
    tokens,
    elastic,
    least: Math.min(LEAST_TOKENS, tokens),
  };
}

export function takenOf(verdict: Verdict, { callId }: HoldRequest, n: number): Taken {
  if (!('refusal' in verdict)) {
    const hold: Hold = { callId, n, picos: BigInt(verdict.picos), tokens: verdict.tokens, over: verdict.over };
    return { kind: 'held', hold };
  }
  const { refusal } = verdict;
  const shortage: Shortage = {
    budgetId: refusal.budget,
    limit: BigInt(refusal.limit),
    asked: BigInt(refusal.asked),
    spent: BigInt(refusal.spent),
    held: BigInt(refusal.held),
    starts: new Date(refusal.starts),
    ...(refusal.ends !== null && { ends: new Date(refusal.ends) }),
  };
  return { kind: 'short', shortage };
}
