import type { z } from 'zod';
import { ANTHROPIC_COST, ANTHROPIC_USAGE } from './anthropic-exports';
import { csvRows } from './csv-export';
import { type ExportRow, type Format, MAX_ROWS } from './export-row';
import { OPENAI_COSTS, OPENAI_USAGE } from './openai-exports';
import { refusal } from './refusal';

const BUCKETS: { readonly [F in Exclude<Format, 'csv'>]: z.ZodType<readonly ExportRow[]> } = {
  'openai-usage': OPENAI_USAGE,
  'openai-costs': OPENAI_COSTS,
  'anthropic-usage': ANTHROPIC_USAGE,
  'anthropic-cost': ANTHROPIC_COST,
};

/**
 * What an export says, in one shape.
 * @param content buckets as the provider's API has them in `data`; for `csv` the text of the file
 * @throws GatewayError `invalid_request`, with the place of what is wrong
 */
export function readExport(format: Format, content: readonly unknown[] | string): ExportRow[] {
  if (typeof content === 'string') return csvRows(content);
  if (format === 'csv') throw refusal('csv', 'is missing');
  const rows: ExportRow[] = [];
  for (const [i, bucket] of content.entries()) {
    const read = BUCKETS[format].safeParse(bucket);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw refusal(`rows[${i}]${(issue?.path ?? []).map(step).join('')}`, issue?.message ?? 'is not valid');
    }
    rows.push(...read.data);
    if (rows.length > MAX_ROWS) throw refusal('rows', `hold more than ${MAX_ROWS} results`);
  }
  return rows;
}

const step = (key: PropertyKey) => (typeof key === 'number' ? `[${key}]` : `.${String(key).slice(0, 60)}`);
