import type { Allowance, Quota } from '../../contract/reply';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A day is longer than any window of a vendor: what claims more is not believed. */
const LONGEST_MS = 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** What OpenAI's and Anthropic's headers say is left of the key; undefined when they say nothing that is well-formed. */
export function rateLimits(headers: Headers): Quota | undefined {
  const requests = openai(headers, 'requests') ?? anthropic(headers, 'anthropic-ratelimit-requests');
  const tokens = openai(headers, 'tokens') ?? scarcest(headers);
  if (!requests && !tokens) return undefined;
  return { ...(requests ? { requests } : {}), ...(tokens ? { tokens } : {}) };
}

function openai(headers: Headers, kind: string): Allowance | undefined {
  const remaining = headers[`x-ratelimit-remaining-${kind}`];
  return remaining === undefined ? undefined : allowance(remaining, duration(headers[`x-ratelimit-reset-${kind}`]));
}

function anthropic(headers: Headers, prefix: string): Allowance | undefined {
  const remaining = headers[`${prefix}-remaining`];
  return remaining === undefined ? undefined : allowance(remaining, untilInstant(headers[`${prefix}-reset`]));
}

/** Anthropic counts tokens of the prompt and of the answer apart from their sum. */
function scarcest(headers: Headers): Allowance | undefined {
  return ['tokens', 'input-tokens', 'output-tokens']
    .flatMap((kind) => anthropic(headers, `anthropic-ratelimit-${kind}`) ?? [])
    .reduce<Allowance | undefined>(
      (least, one) => (least && least.remaining <= one.remaining ? least : one),
      undefined,
    );
}

function allowance(remaining: string | string[], resetMs: number | undefined): Allowance | undefined {
  if (typeof remaining !== 'string' || !/^\d{1,15}$/.test(remaining)) return undefined;
  return { remaining: Number(remaining), ...(resetMs === undefined ? {} : { resetMs }) };
}

/** As Go spells durations: `6m0s`, `1.5s`, `20ms`. */
function duration(text: string | string[] | undefined): number | undefined {
  if (typeof text !== 'string' || !/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[hms]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(/([\d.]+)(ms|[hms])/g))
    total += Number(amount) * (UNIT_MS[unit] ?? 0);
  return plausible(total);
}

/** As RFC 3339 spells instants. */
function untilInstant(text: string | string[] | undefined): number | undefined {
  const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
  if (typeof text !== 'string' || !rfc3339.test(text)) return undefined;
  return plausible(Math.max(0, Date.parse(text) - Date.now()));
}

function plausible(ms: number): number | undefined {
  return ms <= LONGEST_MS ? ms : undefined;
}
