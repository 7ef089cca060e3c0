// The files that both replicas read, as an operator who is in a hurry would write them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { MODELS } from './answers.mjs';

const SHIPPED_PRICES = resolve(import.meta.dirname, '../../config/prices.yaml');
const TARGETS = Object.entries(MODELS).map(([provider, model]) => `${provider}/${model}`);

export const TOTAL_MS = 20_000;

const POLICIES = {
  defaults: {
    timeout: { connectMs: 1_000, firstTokenMs: 2_000, answerMs: 3_000, idleMs: 2_000, totalMs: TOTAL_MS },
    retry: { attempts: 3, baseMs: 100, maxMs: 2_000 },
    breaker: { windowMs: 10_000, openMs: 3_000 },
    keys: { restMs: 10_000 },
    fallback: { order: 'listed' },
  },
};
const MODELS_FILE = {
  aliases: { fast: TARGETS },
  models: Object.fromEntries(
    TARGETS.map((target) => [
      target,
      { maxOutputTokens: 16_384, contextTokens: 128_000, thinking: false, capabilities: ['tools'] },
    ]),
  ),
};

/** @returns the path of the settings file */
export function writeConfiguration(folder) {
  mkdirSync(folder, { recursive: true });
  const files = {
    'gatehouse.yaml': stringify({ server: { replicas: 2 } }),
    'models.yaml': stringify(MODELS_FILE),
    'policies.yaml': stringify(POLICIES),
    'prices.yaml': readFileSync(SHIPPED_PRICES, 'utf8'),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return join(folder, 'gatehouse.yaml');
}

const { prices } = parse(readFileSync(SHIPPED_PRICES, 'utf8'));

/** Dollars; a model that is not in the list is one's own, and free. */
export function cost(provider, { input, output }) {
  const price = prices[`${provider}/${MODELS[provider]}`] ?? { input: 0, output: 0 };
  return (input * price.input + output * price.output) / 1e6;
}
