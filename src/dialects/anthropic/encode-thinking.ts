import type { JsonObject } from '../../contract/json';
import type { ChatRequest, Effort, Thinking } from '../../contract/request';
import type { Target } from '../codec';

export interface ThinkingPlan {
  readonly maxTokens: number;
  readonly thinking?: JsonObject;
  readonly effort?: string;
}

const DEFAULT_MAX_TOKENS = 8192;
const MIN_BUDGET = 1024;

/** How much the model may think, and how much it may answer: Anthropic wants the budget to stay below the answer's bound. */
export function encodeThinking(request: ChatRequest, target: Target, dropped: Set<string>): ThinkingPlan {
  const maxTokens = request.maxTokens ?? target.maxOutputTokens ?? DEFAULT_MAX_TOKENS;
  const { thinking } = request;
  if (!thinking || thinking.mode === 'off' || thinking.effort === 'none') return { maxTokens };
  if (target.thinks === false) {
    dropped.add('thinking');
    return { maxTokens };
  }
  const effort = thinking.effort && spell(thinking.effort);
  if (!hasBudget(thinking)) return { maxTokens, thinking: { type: 'adaptive' }, effort };
  const room = request.maxTokens === undefined ? makeRoom(maxTokens, thinking.budgetTokens, target) : maxTokens;
  const budget = Math.min(Math.max(MIN_BUDGET, thinking.budgetTokens), room - 1);
  if (budget >= MIN_BUDGET) return { maxTokens: room, thinking: { type: 'enabled', budget_tokens: budget }, effort };
  dropped.add('thinking');
  return { maxTokens };
}

function hasBudget(thinking: Thinking): thinking is Thinking & { readonly budgetTokens: number } {
  return thinking.mode === 'on' && thinking.budgetTokens !== undefined;
}

/** The caller set no bound: the answer gets room beside the thoughts, as far as the model goes. */
function makeRoom(maxTokens: number, budget: number, target: Target): number {
  if (maxTokens > budget) return maxTokens;
  return Math.min(budget + MIN_BUDGET, target.maxOutputTokens ?? Infinity);
}

function spell(effort: Effort): string {
  return effort === 'minimal' ? 'low' : effort;
}
