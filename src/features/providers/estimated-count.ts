import { estimateTokens } from '../../contract/estimate-tokens';
import { NO_USAGE, type Piece } from '../../contract/reply';
import type { ChatRequest } from '../../contract/request';

/** The answer to `count_tokens` where the provider has no such thing: counted here, and marked so. */
export function estimatedCount(request: ChatRequest, model: string): Piece {
  return {
    events: [
      { type: 'start', id: 'estimate', model },
      { type: 'token_count', tokens: estimateTokens(request) },
      { type: 'end', usage: { ...NO_USAGE, estimated: true } },
    ],
  };
}
