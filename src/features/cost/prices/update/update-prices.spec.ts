import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { priceAt } from '../../../../platform/config/price-at';
import { Prices } from '../../../../platform/config/prices';
import { readPriceFiles } from '../price-files';
import { PUBLIC_LIST } from './public-list';
import { updatePrices, type PriceUpdate } from './update-prices';

const NOW = Date.UTC(2026, 10, 28, 23, 59);
const PRICES = `# kept
version: '2026-01-01'
sources:
  - { name: List, url: https://example.org/list.json, date: 2026-01-01, licence: MIT } # also kept
prices:
  # the old short form
  openai/same: { input: 3, output: 15, cacheRead: 0.3 } # of old
  openai/cheaper: { input: 3, output: 15, cacheWriteLong: 6, batch: { input: 1, output: 2 } } # once dear
  openai/listed:
    - { input: 3, output: 15 }
    - { above: 200000, input: 6, output: 30 } # long
    - { from: 2026-02-01, input: 2, output: 10 } # short

  anthropic/flow: [{ input: 3, output: 15 }, { above: 200000, input: 6, output: 30 }]
  anthropic/mine: { input: 1, output: 1 }
  anthropic/today: [{ input: 9, output: 9 }, { from: 2026-11-28, input: 1, output: 1 }]
  anthropic/wide:
    {
      input: 5, # over lines
      output: 5,
    }
  local/*: { input: 0, output: 0 }
`;
const MODELS = 'aliases: { fast: [openai/new, anthropic/nowhere] }\n';
const priced = (provider: string, input: number, output: number, more: object = {}) => ({
  litellm_provider: provider,
  mode: 'chat',
  input_cost_per_token: input,
  output_cost_per_token: output,
  ...more,
});
const LIST = JSON.stringify({
  same: priced('openai', 3e-6, 15e-6, { cache_read_input_token_cost: 3e-7 }),
  cheaper: priced('openai', 1e-6, 5e-6, { input_cost_per_token_above_200k_tokens: 2e-6 }),
  listed: priced('openai', 2e-6, 8e-6),
  new: priced('openai', 1e-6, 2e-6, { input_cost_per_token_above_200k_tokens: 2e-6 }),
  other: priced('openai', 1e-6, 2e-6),
  flow: priced('anthropic', 3e-6, 15e-6),
  today: priced('anthropic', 2e-6, 2e-6),
  wide: priced('anthropic', 5e-6, 6e-6),
});

describe('an update of the prices', () => {
  let folder: string;
  const file = () => join(folder, 'prices.yaml');
  const content = () => readFileSync(file(), 'utf8');
  const update = (more: Partial<PriceUpdate> = {}) =>
    updatePrices(readPriceFiles(join(folder, 'gatehouse.yaml')), {
      list: LIST,
      write: false,
      only: [],
      now: NOW,
      ...more,
    });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'prices-'));
    writeFileSync(join(folder, 'gatehouse.yaml'), '');
    writeFileSync(join(folder, 'models.yaml'), MODELS);
    writeFileSync(file(), PRICES);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('shows what differs and writes nothing unless asked to', () => {
    const said = update().map((line) => line.replace(/ {2,}/g, '  '));
    expect(said).toEqual([
      'openai/cheaper  input 3 → 1, output 15 → 5\n  above 200000 tokens  input none → 2',
      'openai/listed  output 10 → 8',
      'anthropic/flow  as before\n  above 200000 tokens  input 6 → none, output 30 → none',
      'anthropic/today  input 1 → 2, output 1 → 2',
      'anthropic/wide  output 5 → 6',
      'openai/new  input none → 1, output none → 2\n  above 200000 tokens  input none → 2',
      '7 compared, 6 different.',
      'The list has no price of: anthropic/mine.',
      'Nothing was written; --write does that.',
    ]);
    expect(content()).toBe(PRICES);
  });

  it('adds what differs from today on and leaves everything else as it is', () => {
    const said = update({ write: true, url: 'https://example.org/list.json' });
    expect(content()).toBe(`# kept
version: '2026-11-28'
sources:
  - { name: List, url: https://example.org/list.json, date: 2026-11-28, licence: MIT } # also kept
prices:
  # the old short form
  openai/same: { input: 3, output: 15, cacheRead: 0.3 } # of old
  openai/cheaper:
    - { input: 3, output: 15, cacheWriteLong: 6, batch: { input: 1, output: 2 } }
    - { from: 2026-11-28, input: 1, output: 5, cacheWriteLong: 6, batch: { input: 1, output: 2 } }
    - { from: 2026-11-28, above: 200000, input: 2 } # once dear
  openai/listed:
    - { input: 3, output: 15 }
    - { above: 200000, input: 6, output: 30 } # long
    - { from: 2026-02-01, input: 2, output: 10 } # short
    - { from: 2026-11-28, input: 2, output: 8 }
  openai/new:
    - { input: 1, output: 2 }
    - { above: 200000, input: 2 }

  anthropic/flow:
    - { input: 3, output: 15 }
    - { above: 200000, input: 6, output: 30 }
    - { from: 2026-11-28, input: 3, output: 15 }
  anthropic/mine: { input: 1, output: 1 }
  anthropic/today: [{ input: 9, output: 9 }, { from: 2026-11-28, input: 1, output: 1 }]
  anthropic/wide:
    {
      input: 5, # over lines
      output: 5,
    }
  local/*: { input: 0, output: 0 }
`);
    expect(said.slice(-3)).toEqual([
      `4 written to ${file()}, in force from 2026-11-28.`,
      'anthropic/today is to be changed by hand: it has prices from 2026-11-28 already.',
      'anthropic/wide is to be changed by hand: its prices are written over several lines.',
    ]);
    expect(readdirSync(folder).toSorted()).toEqual(['gatehouse.yaml', 'models.yaml', 'prices.yaml']);
  });

  it('leaves the past as it was', () => {
    update({ write: true });
    const { prices } = Prices.parse(parse(content()));
    const before = Prices.parse(parse(PRICES)).prices;
    for (const target of Object.keys(before))
      expect(priceAt(prices, target, Date.UTC(2026, 10, 27))).toEqual(priceAt(before, target, Date.UTC(2026, 10, 27)));
    expect(priceAt(prices, 'openai/cheaper', NOW)?.base).toMatchObject({ input: 1_000_000, output: 5_000_000 });
  });

  it('finds nothing more to do once it is done', () => {
    const only = ['openai/cheaper', 'openai/listed', 'openai/new', 'anthropic/flow'];
    update({ write: true, only });
    const after = content();
    expect(update({ write: true, only })).toEqual([
      '7 compared, 0 different.',
      'The list has no price of: anthropic/mine.',
    ]);
    expect(content()).toBe(after);
  });

  it('changes only what it is told to, and adds what is new', () => {
    update({ write: true, only: ['openai/other'] });
    expect(content()).toBe(
      PRICES.replace('2026-01-01', '2026-11-28').replace(
        ' # short\n',
        ' # short\n  openai/other: { input: 1, output: 2 }\n',
      ),
    );
    expect(() => update({ only: ['openai/unheard-of'] })).toThrow('the list has nothing of openai/unheard-of');
  });

  it('does not touch the file for a list that is none', () => {
    expect(() => update({ write: true, list: '{}' })).toThrow('no model with a price');
    expect(() => update({ write: true, list: '<html>' })).toThrow('not valid JSON');
    expect(content()).toBe(PRICES);
  });

  it('can be made of the prices that come with Gatehouse', () => {
    const shipped = readFileSync(resolve(__dirname, '../../../../../config/prices.yaml'), 'utf8');
    writeFileSync(file(), shipped);
    const list = JSON.stringify({
      'claude-opus-4-8': priced('anthropic', 6e-6, 3e-5),
      'gpt-5.6': priced('openai', 5e-6, 3e-5),
      'gpt-9': priced('openai', 5e-6, 3e-5),
      'claude-9': priced('anthropic', 5e-6, 3e-5),
    });
    const only = ['anthropic/claude-opus-4-8', 'openai/gpt-5.6', 'openai/gpt-9', 'anthropic/claude-9'];
    const said = update({ write: true, list, only, url: PUBLIC_LIST, now: Date.UTC(2031, 0, 1) });
    expect(said.at(-1)).toMatch(/^4 written/);
    const changed = content().split('\n');
    expect(shipped.split('\n').filter((line) => !changed.includes(line))).toEqual([
      expect.stringMatching(/^version: /),
      expect.stringMatching(/^ {4}release: /),
      expect.stringMatching(/^ {4}date: /),
      expect.stringContaining('anthropic/claude-opus-4-8'),
    ]);
  });
});
