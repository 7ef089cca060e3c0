import { estimateTokens, textTokens } from '../contract/estimate-tokens';
import { NO_USAGE, type ReplyEvent, type Usage } from '../contract/reply';
import type { ModelRequest } from '../contract/request';

/**
 * What an answer has used so far, for one whose provider never says: it was cut off, or the provider does not count. What the
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
}

/** The provider said nothing: zeros stand for what it did not count. */
export function isUncounted(usage: Usage): boolean {
  return usage.estimated === true && isNothing(usage);
}

export function isNothing(usage: Usage): boolean {
  return promptTokens(usage) + usage.outputTokens === 0;
}

function promptTokens({ inputTokens, cacheReadTokens, cacheWriteTokens }: Usage): number {
  return inputTokens + cacheReadTokens + cacheWriteTokens;
}

/** Tokens. Counting them uses none. */
export function estimatedPrompt(request: ModelRequest): number {
  if (request.operation === 'embeddings')
    return request.input.reduce((sum, one) => sum + (typeof one === 'string' ? textTokens(one) : one.length), 0);
  return request.operation === 'chat' ? estimateTokens(request) : 0;
}
