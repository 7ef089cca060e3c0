import { GatewayError } from '../../contract/errors';
import type { LimitScope } from './limit-scope';

/** How many tokens a call may need. */
export interface TokenNeed {
  /** Estimated. */
  readonly prompt: number;
  /** The most that its answers may have, or else what they are taken to have. */
  readonly answer: number;
  /** What they are taken to have, also where they may have more. */
  readonly expected: number;
}

/**
 * What a call takes of a limit of tokens per minute before its answer is known: its prompt and the longest answer it allows. Where
 * that is more than the whole limit, the prompt and the expected answer, or else all of the limit.
 * @throws GatewayError `prompt_too_large` when the prompt alone is more than the limit: no waiting would help
 */
export function reservation({ prompt, answer, expected }: TokenNeed, limit: number, scope: LimitScope): number {
  if (prompt > limit)
    throw new GatewayError(
      'prompt_too_large',
      `The prompt has about ${prompt} tokens, more than the limit of ${limit} tokens per minute for this ${scope}`,
      { param: 'messages', details: { scope, limit, unit: 'tokens per minute' } },
    );
  return prompt + answer <= limit ? prompt + answer : Math.min(limit, prompt + Math.min(answer, expected));
}
