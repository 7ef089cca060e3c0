import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { usdText } from '../../../contract/money';
import { NO_USAGE, type Usage } from '../../../contract/reply';
import { Models } from '../../../platform/config/models';
import { Prices } from '../../../platform/config/prices';
import { PriceBook } from './price-book';
import { unpriced } from './unpriced';

const shipped = (file: string): unknown => parse(readFileSync(resolve(__dirname, '../../../../config', file), 'utf8'));
const prices = Prices.parse(shipped('prices.yaml'));
const book = new PriceBook(prices.prices);
const { aliases, models } = Models.parse(shipped('models.yaml'));
const FEBRUARY = Date.UTC(2026, 1, 1);
const NOVEMBER = Date.UTC(2026, 10, 28);

describe('the prices that come with Gatehouse', () => {
  it('are there for every model that comes with it', () => {
    const targets = [...Object.values(aliases).flat(), ...Object.keys(models)];
    expect(targets.length).toBeGreaterThan(15);
    expect(unpriced(book, targets, NOVEMBER)).toEqual([]);
  });

  it('say where they are from, and under which licence', () => {
    expect(prices.sources.length).toBeGreaterThan(0);
    for (const { licence } of prices.sources) expect(licence).toBe('MIT');
  });

  it('have an answer price for every model but those of vectors', () => {
    const silent = Object.keys(prices.prices).filter((name) => book.rates(name, NOVEMBER)?.single.output === undefined);
    expect(silent.every((name) => name.includes('embedding'))).toBe(true);
  });

  it.each<[string, number, Partial<Usage>, boolean, string]>([
    [
      'anthropic/claude-opus-4-8',
      NOVEMBER,
      { inputTokens: 1_000, cacheReadTokens: 1_000, cacheWriteTokens: 1_000, outputTokens: 1_000 },
      false,
      '0.036750',
    ],
    ['anthropic/claude-haiku-4-5-20251001', NOVEMBER, { inputTokens: 1_000, outputTokens: 1_000 }, true, '0.003000'],
    ['anthropic/claude-sonnet-4-6', FEBRUARY, { inputTokens: 200_001 }, false, '1.200006'],
    ['anthropic/claude-sonnet-4-6', NOVEMBER, { inputTokens: 200_001 }, false, '0.600003'],
    ['anthropic/claude-haiku-5-5', NOVEMBER, { inputTokens: 100_001 }, false, '0.0500005'],
    ['openai/gpt-5-mini-2025-08-07', NOVEMBER, { inputTokens: 1, outputTokens: 1 }, false, '0.00000225'],
    ['openai/gpt-4o-2024-05-13', NOVEMBER, { inputTokens: 1_000 }, false, '0.005000'],
    ['openai/gpt-4o-2024-08-06', NOVEMBER, { inputTokens: 1_000 }, false, '0.002500'],
    ['openai/gpt-5.6', NOVEMBER, { inputTokens: 272_001 }, false, '2.176008'],
    ['openai/text-embedding-3-small', NOVEMBER, { inputTokens: 1_000 }, false, '0.000020'],
    ['sandbox/gpt-4o', NOVEMBER, { inputTokens: 1_000, outputTokens: 1_000 }, false, '0.000000'],
  ])('are those that the vendor publishes: %s', (target, at, usage, batch, usd) => {
    expect(usdText(book.cost(target, { ...NO_USAGE, ...usage }, at, { batch })!)).toBe(usd);
  });

  it('foresee that OpenAI writes its cache unasked', () => {
    const bound = { inputTokens: 100_000, outputTokens: 0, cacheWrites: false };
    expect(usdText(book.worst('openai/gpt-5.6', bound, NOVEMBER)!)).toBe('0.500000');
  });
});
