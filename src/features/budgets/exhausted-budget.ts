import { GatewayError } from '../../contract/errors';
import { usdText } from '../../contract/money';
import { type Budget, periodText } from './budget';
import type { Shortage } from './budget-holds';

/** Calls under way end within seconds, mostly. */
const HELD_SECONDS = 2;
const HOUR_MS = 3_600_000;

/** The refusal of a call that does not fit: which budget, how much of it is left, and what ends that. */
export function exhaustedBudget(
  shortage: Shortage,
  budget: Pick<Budget, 'scope' | 'period' | 'action'> | undefined,
): GatewayError {
  const { budgetId, limit, spent, held, asked, starts, ends } = shortage;
  const what = budget ? ` (${budget.scope}, ${periodText(budget.period)})` : '';
  // when what is under way has ended and cost nothing, there is room
  const waits = held > 0n && spent + asked <= limit;
  const fits = asked <= limit;
  const message =
    `Budget ${budgetId}${what} has no room for this call: the limit is ${usdText(limit)} USD, ${usdText(spent)} are spent, ` +
    `${usdText(held)} held for calls under way, and this one could cost ${usdText(asked)}` +
    `${fits ? '' : ', more than the whole limit: it never fits'}. ${remedy(waits, ends)}`;
  return new GatewayError('budget_exhausted', message, {
    ...(waits && { retryAfter: HELD_SECONDS }),
    ...(fits && budget?.action.kind === 'queue' && { roomAt: roomAt(waits, ends) }),
    details: {
      budget_id: budgetId,
      limit_usd: usdText(limit),
      spent_usd: usdText(spent),
      held_usd: usdText(held),
      asked_usd: usdText(asked),
      window_start: starts.toISOString(),
      ...(ends && { window_end: ends.toISOString() }),
    },
  });
}

/** A window that rolls has a little more room every hour. */
function roomAt(waits: boolean, ends: Date | undefined): Date {
  if (waits) return new Date(Date.now() + HELD_SECONDS * 1_000);
  return ends ?? new Date(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS);
}

function remedy(waits: boolean, ends: Date | undefined): string {
  const window = ends ? `The window ends ${ends.toISOString()}.` : 'Its window has no end.';
  return waits ? `There may be room when those have ended. ${window}` : window;
}
