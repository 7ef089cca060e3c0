/** The part of `policies.yaml` that says when an answer is given again: `cache`. */
import { z } from 'zod';

const YEAR = 31_536_000;
const HOTTEST = 2;
const seconds = z.int().min(1).max(YEAR);
const temperature = z.number().min(0).max(HOTTEST);

export const cacheSettings = {
  exact: z
    .boolean()
    .describe('The answer to the same request, before any model is asked; equal calls at one time ask once.'),
  ttlSeconds: seconds.describe('How long an answer is fresh.'),
  swrSeconds: z
    .int()
    .min(0)
    .max(YEAR)
    .describe('How long it is still given after that, at once, while one call in the background asks for a new one.'),
  nondeterministic: z
    .enum(['ask', 'always', 'never'])
    .describe(
      'Calls with many possible answers – tools, `n`, temperature: kept answers if they ask, always, or never.',
    ),
  temperatureUpTo: temperature.describe('The highest temperature of a call that has one answer.'),
  unsaidTemperature: temperature.describe('What a call that names no temperature is taken to have.'),
};

export const CACHE_DEFAULTS = {
  exact: true,
  ttlSeconds: 86_400,
  swrSeconds: 0,
  nondeterministic: 'ask',
  temperatureUpTo: 0.3,
  // the default of the vendors
  unsaidTemperature: 1,
} as const;

/** What `cache.exact` and `cache.ttlSeconds` were called. Such answers were given whatever the temperature. */
export const formerSettings = {
  cached: z.boolean().optional().describe('Former name of `cache.exact`, whatever the temperature.'),
  freshSeconds: seconds.optional().describe('Former name of `cache.ttlSeconds`.'),
};

interface Layer {
  readonly cache?: object | undefined;
  readonly degradation?:
    { readonly cached?: boolean | undefined; readonly freshSeconds?: number | undefined } | undefined;
}

/** The same layer in the names of today. What it says in the former ones is stronger than its `cache`. */
export function renamed<L extends Layer>(layer: L): L {
  const { cached, freshSeconds, ...degradation } = layer.degradation ?? {};
  if (cached === undefined && freshSeconds === undefined) return layer;
  const said = {
    ...(cached !== undefined && { exact: cached }),
    ...(cached && { temperatureUpTo: HOTTEST }),
    ...(freshSeconds !== undefined && { ttlSeconds: freshSeconds }),
  };
  return { ...layer, degradation, cache: { ...layer.cache, ...said } };
}
