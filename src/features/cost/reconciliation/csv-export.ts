import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { Amount } from './export-fields';
import { type ExportRow, MAX_ROWS } from './export-row';
import { refusal } from './refusal';

const MAX_CHARACTERS = 16_000_000;
const MAX_LINE = 10_000;

/** One of these must be there: else nothing is compared, and nothing could differ. */
const COMPARED = ['requests', 'input_tokens', 'output_tokens', 'cost_usd'] as const;

const empty = (text: unknown) => (text === '' ? undefined : text);
const Count = z.preprocess(
  (text) => (typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : empty(text)),
  z.int('must be a whole number, not negative').optional(),
);
const Text = z.preprocess(empty, z.string().max(512).optional());

/** The columns that are read, by their names; others are passed over. */
const Line = z.looseObject({
  day: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d/, 'must begin with YYYY-MM-DD')
    .transform((text) => text.slice(0, 10))
    .pipe(z.iso.date('is no day of the calendar')),
  model: Text,
  request_id: Text,
  requests: Count,
  input_tokens: Count,
  cached_tokens: Count,
  output_tokens: Count,
  cost_usd: z.preprocess(empty, Amount.optional()),
});

/**
 * A file with a header line: `day` and whatever it has of `model`, `request_id`, `requests`, `input_tokens` (the whole prompt),
 * `cached_tokens`, `output_tokens` and `cost_usd`.
 * @throws GatewayError `invalid_request`, with the line of what is wrong
 */
export function csvRows(text: string): ExportRow[] {
  if (text.length > MAX_CHARACTERS) throw refusal('csv', `has more than ${MAX_CHARACTERS} characters`);
  const records = recordsIn(text);
  const rows = records.map((record, i) => {
    const read = Line.safeParse(record);
    if (!read.success) {
      const [issue] = read.error.issues;
      // the header is the first line
      throw refusal(`csv: row ${i + 2}, ${String(issue?.path[0] ?? 'day')}`, issue?.message ?? 'is not valid');
    }
    const line = read.data;
    return {
      day: line.day,
      model: line.model,
      requestId: line.request_id,
      requests: line.requests,
      inputTokens: line.input_tokens,
      cachedTokens: line.cached_tokens,
      outputTokens: line.output_tokens,
      cost: line.cost_usd,
    };
  });
  if (!COMPARED.some((name) => name in (records[0] ?? {})))
    throw refusal('csv', `needs a column ${COMPARED.join(', ')} beside day`);
  return rows;
}

function recordsIn(text: string): Record<string, string>[] {
  let records: Record<string, string>[];
  try {
    records = parse(text, {
      bom: true,
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
      max_record_size: MAX_LINE,
      skip_empty_lines: true,
      to: MAX_ROWS + 1,
      trim: true,
    });
  } catch (error) {
    const { lines } = error as { lines?: number };
    throw refusal('csv', `cannot be read${lines === undefined ? '' : ` at line ${lines}`}`);
  }
  if (records.length > MAX_ROWS) throw refusal('csv', `has more than ${MAX_ROWS} lines`);
  if (!records.length) throw refusal('csv', 'has no lines below its header');
  return records;
}
