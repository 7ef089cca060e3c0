import { estimateTokens, textTokens } from '../contract/estimate-tokens';
import { promptTokens } from '../contract/prompt-tokens';
import { NO_USAGE, type ReplyEvent, type Usage } from '../contract/reply';
import type { ModelRequest } from '../contract/request';

/**
 * What an answer has used so far, where its provider does not say: it was cut off, or the provider does not count. What the
 * provider did say is kept; the rest is estimated from what passed.
 */
export class EstimatedUsage {
  private said: Usage | undefined;
  private output = 0;

  observe(event: ReplyEvent): void {
    switch (event.type) {
      case 'start':
        this.said = event.usage;
        break;
      case 'text':
      case 'thinking':
      case 'refusal':
        this.output += textTokens(event.text);
        break;
      case 'tool_arguments':
        this.output += textTokens(event.json);
        break;
      default:
    }
  }

  of(request: ModelRequest): Usage {
    const { said } = this;
    const prompt = said && promptTokens(said) > 0 ? said : { ...NO_USAGE, inputTokens: estimatedPrompt(request) };
    return { ...prompt, outputTokens: Math.max(said?.outputTokens ?? 0, this.output), estimated: true };
  }

  /** What was told of a whole answer. No prompt is of 0 tokens, nor is an answer that has words: nobody counted those. */
  completed(told: Usage, request: ModelRequest): Usage {
    const lacksPrompt = promptTokens(told) === 0;
    const lacksAnswer = told.outputTokens === 0 && this.output > 0;
    if (!lacksPrompt && !lacksAnswer) return told;
    const estimate = this.of(request);
    if (isNothing(estimate)) return told;
    if (lacksPrompt && told.outputTokens === 0) return estimate;
    const { outputTokens, thinkingTokens } = told;
    if (lacksAnswer) return { ...told, outputTokens: estimate.outputTokens, estimated: true };
    return { ...estimate, outputTokens, ...(thinkingTokens !== undefined && { thinkingTokens }) };
  }
}

export function isNothing(usage: Usage): boolean {
  return promptTokens(usage) + usage.outputTokens === 0;
}

/** Tokens. Counting them uses none. */
export function estimatedPrompt(request: ModelRequest): number {
  if (request.operation === 'embeddings')
    return request.input.reduce((sum, one) => sum + (typeof one === 'string' ? textTokens(one) : one.length), 0);
  return request.operation === 'chat' ? estimateTokens(request) : 0;
}
