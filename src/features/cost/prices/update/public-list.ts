import { z } from 'zod';
import { picosOfUsd } from '../../../../contract/money';
import type { PriceField, PriceRow } from './price-row';

/** LiteLLM's list of prices, kept in public under the MIT licence: dollars per token by model. */
export const PUBLIC_LIST =
  'https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json';

const FIELDS: Readonly<Record<string, PriceField>> = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  cache_read_input_token_cost: 'cacheRead',
  cache_creation_input_token_cost: 'cacheWrite',
  cache_creation_input_token_cost_above_1hr: 'cacheWriteLong',
  cache_creation_input_token_cost_above_12hr: 'cacheWriteLong',
  input_cost_per_image_token: 'imageInput',
};
/** For long prompts: `input_cost_per_token_above_200k_tokens`. */
const LONG = /^([a-z0-9_]{1,60})_above_(\d{1,5})k_tokens$/;
const MODES = new Set(['chat', 'responses', 'completion', 'embedding']);

const Entry = z.looseObject({ litellm_provider: z.string().max(32), mode: z.string() });
type Entry = z.infer<typeof Entry>;

/**
 * What a public list says that models cost, by `provider/model`: the price for prompts of any length first. What it does not
 * price by the token is left out.
 * @throws Error it is no such list
 */
export function readPublicList(json: string): Map<string, PriceRow[]> {
  const document: unknown = JSON.parse(json);
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Error('the list of prices is no object of models');
  const listed = new Map<string, PriceRow[]>();
  for (const [name, content] of Object.entries(document)) {
    const { data: entry } = Entry.safeParse(content);
    if (!entry || !MODES.has(entry.mode)) continue;
    const { litellm_provider: provider } = entry;
    const rows = rowsIn(entry);
    if (rows) listed.set(name.startsWith(`${provider}/`) ? name : `${provider}/${name}`, rows);
  }
  if (!listed.size) throw new Error('the list of prices has no model with a price');
  return listed;
}

function rowsIn(entry: Entry): PriceRow[] | undefined {
  const byLength = new Map<number, Partial<Record<PriceField, number>>>();
  for (const [key, price] of Object.entries(entry)) {
    const [, long, thousands = '0'] = LONG.exec(key) ?? [];
    const field = Object.hasOwn(FIELDS, long ?? key) ? FIELDS[long ?? key] : undefined;
    const micros = field && microsOf(price);
    if (micros === undefined || (field === 'output' && entry.mode === 'embedding')) continue;
    const above = Number(thousands) * 1_000;
    byLength.set(above, { ...byLength.get(above), [field!]: micros });
  }
  const { input, ...rest } = byLength.get(0) ?? {};
  if (input === undefined || (rest.output === undefined && entry.mode !== 'embedding')) return undefined;
  byLength.delete(0);
  const tiers = [...byLength].flatMap(([above, row]) =>
    row.input === undefined ? [] : [{ above, ...row, input: row.input }],
  );
  return [{ input, ...rest }, ...tiers.toSorted((a, b) => a.above - b.above)];
}

/** Dollars per token are picodollars per token, which are micro-dollars per million. */
function microsOf(price: unknown): number | undefined {
  if (typeof price !== 'number' || !(price >= 0) || price > 1) return undefined;
  return Number(picosOfUsd(price));
}
