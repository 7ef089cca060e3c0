import type { Sendable } from './call';
import type { JsonObject } from './json';

/** OpenAI's Responses takes no less. */
const LEAST_OF_RESPONSES = 16;

/** The call with this maximum of answer tokens, in its vocabulary and in its body. @param maxTokens at least 1 */
export function withMaxTokens({ request, wire }: Sendable, maxTokens: number): Sendable {
  if (request.operation !== 'chat') return { request, wire };
  return { request: { ...request, maxTokens }, wire: { ...wire, body: limited(wire.dialect, wire.body, maxTokens) } };
}

function limited(dialect: string, body: JsonObject, maxTokens: number): JsonObject {
  switch (dialect) {
    case 'openai-chat': {
      const { max_tokens: old, max_completion_tokens: current } = body;
      // servers that know only the older name are asked by it, and both say the same
      const knowsOlder = typeof old === 'number';
      const knowsNewer = typeof current === 'number' || !knowsOlder;
      return {
        ...body,
        ...(knowsOlder && { max_tokens: maxTokens }),
        ...(knowsNewer && { max_completion_tokens: maxTokens }),
      };
    }
    case 'openai-responses':
      return { ...body, max_output_tokens: Math.max(LEAST_OF_RESPONSES, maxTokens) };
    case 'anthropic-messages':
      return { ...body, max_tokens: maxTokens };
    default:
      return body;
  }
}
