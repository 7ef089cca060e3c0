import type { FastifyReply } from 'fastify';
import { type Rate, type Rates, tightest } from '../../contract/rates';

/** What answers say of limits. Those of tokens have the names that OpenAI's clients know. */
export const RATE_HEADERS = [
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-tokens',
] as const;

export function setRateHeaders(reply: FastifyReply, { limit, remaining, reset }: Rate): void {
  reply.header('ratelimit-limit', limit).header('ratelimit-remaining', remaining).header('ratelimit-reset', reset);
}

/** @param before of the address and the key, as their guards left it */
export function setCallRates(reply: FastifyReply, { requests, tokens }: Rates, before?: Rate): void {
  if (requests) setRateHeaders(reply, tightest(requests, before));
  if (!tokens) return;
  reply
    .header('x-ratelimit-limit-tokens', tokens.limit)
    .header('x-ratelimit-remaining-tokens', tokens.remaining)
    .header('x-ratelimit-reset-tokens', `${tokens.reset}s`);
}
