import type { ResponseFormat, Thinking } from '../../contract/request';
import type { Fields } from '../fields';
import { type Natives, noteExtras, noteHints } from '../natives';

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
const THINKING_FIELDS = new Set(['type', 'budget_tokens']);
const OUTPUT_FIELDS = new Set(['effort', 'format']);
const FORMAT_FIELDS = new Set(['type', 'schema']);
const MIN_BUDGET = 1024;

/** How much to think, from `thinking` and `output_config.effort`. */
export function decodeThinking(request: Fields, natives: Natives): Thinking | undefined {
  const output = request.child('output_config');
  const effort = output?.oneOf('effort', EFFORTS);
  if (output) noteExtras(output, OUTPUT_FIELDS, natives);
  const thinking = request.child('thinking');
  if (!thinking) return effort && { mode: 'on', effort };
  const type = thinking.required('type', thinking.string('type'));
  if (type !== 'enabled' && type !== 'disabled' && type !== 'adaptive') {
    natives.extras.push(thinking.path);
    return effort && { mode: 'on', effort };
  }
  noteHints(thinking, THINKING_FIELDS, natives);
  if (type !== 'enabled') return { mode: type === 'disabled' ? 'off' : 'adaptive', effort };
  const budgetTokens = thinking.number('budget_tokens', { min: MIN_BUDGET, integer: true });
  return { mode: 'on', budgetTokens: thinking.required('budget_tokens', budgetTokens), effort };
}

/** `output_config.format`, or `output_format`, its older spelling. */
export function decodeResponseFormat(request: Fields, natives: Natives): ResponseFormat | undefined {
  const format = request.child('output_config')?.child('format') ?? request.child('output_format');
  if (!format) return undefined;
  if (format.required('type', format.string('type')) !== 'json_schema') {
    natives.extras.push(format.path);
    return undefined;
  }
  noteExtras(format, FORMAT_FIELDS, natives);
  return { type: 'json_schema', schema: format.required('schema', format.json('schema')), strict: true };
}
