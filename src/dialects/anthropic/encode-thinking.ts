import type { JsonObject } from '../../contract/json';
import type { ChatRequest, Effort } from '../../contract/request';
import type { Target } from '../codec';
import { actsUnthought } from './acts-unthought';

export interface ThinkingPlan {
  readonly maxTokens: number;
  readonly thinking?: JsonObject;
  readonly effort?: string;
}

const DEFAULT_MAX_TOKENS = 8192;
const MIN_BUDGET = 1024;
const DEFAULT_BUDGET = 8_192;
/** What an effort is worth to a model that only knows budgets. */
const BUDGETS: Readonly<Record<string, number>> = {
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
};

/** How much the model may think, and how much it may answer: Anthropic wants the budget to stay below the answer's bound. */
export function encodeThinking(request: ChatRequest, target: Target, dropped: Set<string>): ThinkingPlan {
  const { maxOutputTokens = Infinity } = target;
  const maxTokens = Math.min(request.maxTokens ?? target.maxOutputTokens ?? DEFAULT_MAX_TOKENS, maxOutputTokens);
  const { thinking } = request;
  if (!thinking || thinking.mode === 'off' || thinking.effort === 'none') return { maxTokens };
  if (target.thinks === false || forcesTool(request)) {
    dropped.add('thinking');
    return { maxTokens };
  }
  const asked = thinking.mode === 'on' ? thinking.budgetTokens : undefined;
  const effort = thinking.effort && spell(thinking.effort);
  if (target.thinks === 'adaptive' || (asked === undefined && target.thinks !== 'budget'))
    return {
      maxTokens,
      thinking: { type: 'adaptive' },
      effort: effort ?? (asked === undefined ? undefined : effortOf(asked)),
    };
  const wanted = asked ?? BUDGETS[effort ?? 'medium'] ?? DEFAULT_BUDGET;
  const room = request.maxTokens === undefined ? makeRoom(maxTokens, wanted, target) : maxTokens;
  const budget = Math.min(Math.max(MIN_BUDGET, wanted), room - 1);
  if (budget >= MIN_BUDGET && !actsUnthought(request))
    return {
      maxTokens: room,
      thinking: { type: 'enabled', budget_tokens: budget },
      // a model that only knows budgets does not know effort
      effort: target.thinks === 'budget' ? undefined : effort,
    };
  dropped.add('thinking');
  return { maxTokens };
}

/** Anthropic refuses to think and to be forced to call a tool at once. */
function forcesTool({ toolChoice }: ChatRequest): boolean {
  return toolChoice?.type === 'required' || toolChoice?.type === 'tool';
}

function effortOf(budget: number): string {
  if (budget <= 2_048) return 'low';
  return budget <= 8_192 ? 'medium' : 'high';
}

/** The caller set no bound: the answer gets room beside the thoughts, as far as the model goes. */
function makeRoom(maxTokens: number, budget: number, target: Target): number {
  if (maxTokens > budget) return maxTokens;
  return Math.min(budget + MIN_BUDGET, target.maxOutputTokens ?? Infinity);
}

function spell(effort: Effort): string {
  return effort === 'minimal' ? 'low' : effort;
}
