import type { FastifyReply } from 'fastify';

/** Where somebody stands with regard to a limit. */
export interface Rate {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly reset: number;
}

/** The one that will be met first. */
export function tightest(a: Rate, b: Rate | undefined): Rate {
  return b && b.remaining < a.remaining ? b : a;
}

export function setRateHeaders(reply: FastifyReply, { limit, remaining, reset }: Rate): void {
  reply.header('ratelimit-limit', limit).header('ratelimit-remaining', remaining).header('ratelimit-reset', reset);
}
