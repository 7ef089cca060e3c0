import { GatewayError } from './errors';
import { promptTokens } from './prompt-tokens';
import type { Usage } from './reply';

/** The failure of an answer, with what its provider said it took, where it said anything. */
export function withUsage(failure: GatewayError, usage: Usage | undefined): GatewayError {
  if (!usage || promptTokens(usage) + usage.outputTokens === 0) return failure;
  const { code, message, facts } = failure;
  return new GatewayError(code, message, { ...facts, usage });
}
