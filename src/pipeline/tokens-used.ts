import type { CallFacts } from '../contract/call';
import type { Reply, ReplyEvent, Usage } from '../contract/reply';
import type { ModelRequest } from '../contract/request';
import type { Outcome } from '../contract/settle';
import { EstimatedUsage } from './estimated-usage';
import { wasWorkedOn, withWasted } from './tries';

/** How many tokens a call really used, from what passes of its answer. */
export class TokensUsed {
  private readonly heard = new EstimatedUsage();

  constructor(private readonly request: ModelRequest) {}

  observe(event: ReplyEvent): void {
    this.heard.observe(event);
  }

  /** Of an answer that has come to an end, or was given up: then as much as was heard of it. */
  of(reply: Reply, outcome: Outcome, { spent, tried }: Partial<CallFacts>): number {
    if (!isModels(reply)) return totalTokens(withWasted(spent, tried));
    return totalTokens(withWasted(outcome.kind === 'answered' ? outcome.usage : this.heard.of(this.request), tried));
  }

  /** Of a call that got no answer: what was paid for answers that were not handed out, or what a provider was made to read. */
  ofFailure({ spent, tried }: Partial<CallFacts>): number {
    return totalTokens(withWasted(spent ?? (wasWorkedOn(tried) ? this.heard.of(this.request) : undefined), tried));
  }
}

/** Cached ones included: a limit is about what is asked for, not about what it costs. */
function totalTokens(usage: Usage | undefined): number {
  if (!usage) return 0;
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.outputTokens;
}

/** Whether a model gave the answer just now; those that are kept or written down use nothing. */
function isModels({ repeats, cache, degraded }: Reply): boolean {
  const isKept = cache !== undefined && cache !== 'miss' && cache !== 'bypass';
  return !repeats && !isKept && (degraded === undefined || degraded === 'fallback');
}
