import { priceAt, pricedName } from './price-at';
import { Prices } from './prices';

const { prices } = Prices.parse({
  prices: {
    'openai/gpt-5-mini': { input: 1 },
    'openai/gpt-4o': { input: 2 },
    'openai/gpt-4o-2024-05-13': { input: 3 },
    'anthropic/claude-sonnet-4': { input: 4 },
    'local/*': { input: 0 },
    'local/llama': { input: 5 },
    'own/moved': [{ input: 6 }, { from: '2026-03-13', input: 7 }, { from: '2026-09-01', input: 8 }],
    'own/new': { from: '2026-03-13', input: 9 },
  },
});

describe('pricedName', () => {
  it.each([
    ['openai/gpt-5-mini', 'openai/gpt-5-mini'],
    ['openai/gpt-5-mini-2025-08-07', 'openai/gpt-5-mini'],
    ['openai/gpt-5-mini-latest', 'openai/gpt-5-mini'],
    ['anthropic/claude-sonnet-4-20250514', 'anthropic/claude-sonnet-4'],
    ['anthropic/claude-sonnet-4@20250514', 'anthropic/claude-sonnet-4'],
    ['openai/gpt-4o-2024-08-06', 'openai/gpt-4o'],
    ['openai/gpt-4o-2024-05-13', 'openai/gpt-4o-2024-05-13'],
    ['openai/gpt-5-mini-2025-08-07-2025-08-07', undefined],
    ['openai/gpt-5-mini-high', undefined],
    ['openai/gpt-5-mini-0807', undefined],
    ['openai/gpt-5', undefined],
    ['anthropic/gpt-5-mini', undefined],
    ['gpt-5-mini', undefined],
    ['local/llama', 'local/llama'],
    ['local/llama-2025-01-01', 'local/llama'],
    ['local/anything/else', 'local/*'],
    ['toString', undefined],
    ['openai/__proto__', undefined],
    ['', undefined],
    [`openai/${'-2025-08-07'.repeat(100_000)}`, undefined],
  ])('has prices for %.60s under %s', (target, name) => {
    expect(pricedName(prices, target)).toBe(name);
  });
});

describe('priceAt', () => {
  it.each([
    ['own/moved', '1999-01-01T00:00:00Z', 6],
    ['own/moved', '2026-03-12T23:59:59.999Z', 6],
    ['own/moved', '2026-03-13T00:00:00Z', 7],
    ['own/moved', '2026-08-31T23:59:59.999Z', 7],
    ['own/moved', '2026-09-01T00:00:00Z', 8],
    ['own/new', '2026-03-12T23:59:59.999Z', undefined],
    ['own/new', '2026-03-13T00:00:00Z', 9],
    ['own/none', '2026-03-13T00:00:00Z', undefined],
  ])('knows what %s cost at %s', (target, at, dollars) => {
    expect(priceAt(prices, target, Date.parse(at))?.base.input).toBe(dollars && dollars * 1_000_000);
  });
});
