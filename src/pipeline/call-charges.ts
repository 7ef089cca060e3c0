import { GatewayError } from '../contract/errors';
import { type Rate, type Rates, tightest } from '../contract/rates';
import type { ModelRequest } from '../contract/request';
import { type Charge, type LimitScope, reservation, type TokenNeed, type Verdict } from '../features/limits';
import type { Bound } from './call-limits.service';
import { estimatedPrompt } from './estimated-usage';

/** What a call takes of one limit per minute. */
export interface CallCharge extends Charge {
  readonly scope: LimitScope;
  readonly unit: 'requests' | 'tokens';
}

/** @throws GatewayError `prompt_too_large` when the prompt is more than a limit of tokens */
export function chargesOf(bounds: readonly Bound[], need: TokenNeed | undefined): CallCharge[] {
  const charges: CallCharge[] = [];
  for (const { scope, counter, rpm, tpm } of bounds) {
    if (rpm !== undefined) charges.push({ scope, unit: 'requests', counter: `${counter}:rpm`, limit: rpm, amount: 1 });
    if (tpm === undefined || !need) continue;
    const amount = reservation(need, tpm, scope);
    charges.push({ scope, unit: 'tokens', counter: `${counter}:tpm`, limit: tpm, amount });
  }
  return charges;
}

/** Counting tokens uses none. @param expected tokens of an answer whose length nobody bounds */
export function needOf(request: ModelRequest, expected: number): TokenNeed | undefined {
  switch (request.operation) {
    case 'count_tokens':
      return undefined;
    case 'embeddings':
      return { prompt: estimatedPrompt(request), answer: 0, expected: 0 };
    case 'chat': {
      const answers = request.n ?? 1;
      const answer = (request.maxTokens ?? expected) * answers;
      return { prompt: estimatedPrompt(request), answer, expected: expected * answers };
    }
  }
}

/** The refusal of a call that does not fit, naming the limit that keeps it waiting longest. */
export function refusalOf(charges: readonly CallCharge[], verdict: Extract<Verdict, { granted: false }>): GatewayError {
  const { scope, unit, limit } = charges[verdict.index] as CallCharge;
  return new GatewayError('rate_limited', `Rate limit of ${limit} ${unit} per minute for this ${scope} reached`, {
    retryAfter: Math.ceil(verdict.waitMs / 1_000),
    details: { scope, limit, unit: `${unit} per minute` },
    rates: ratesOf(charges, verdict),
  });
}

/** Where the call stands. @param freed what it gave back of each since */
export function ratesOf(charges: readonly CallCharge[], verdict: Verdict, freed?: readonly number[]): Rates {
  const rates: { requests?: Rate; tokens?: Rate } = {};
  for (const [i, { limit, unit }] of charges.entries()) {
    const isRefused = !verdict.granted && i === verdict.index;
    const remaining = isRefused ? 0 : Math.max(0, limit - (verdict.used[i] as number) + (freed?.[i] ?? 0));
    const rate = { limit, remaining, reset: isRefused ? Math.ceil(verdict.waitMs / 1_000) : 60 };
    rates[unit] = tightest(rate, rates[unit]);
  }
  return rates;
}
