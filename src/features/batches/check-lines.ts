import { createHash } from 'node:crypto';
import type { BodyLimits } from '../../dialects/parse-body';
import { batchCall, type BatchFault, LineError } from './batch-call';
import type { Endpoint } from './batch-input';
import type { Line } from '../../contract/json-lines';

/** Whoever has so many to mend starts with these. */
const MOST_FAULTS = 100;

export interface Checked {
  /** Calls, blank lines left out. */
  readonly total: number;
  /** The first ones, in order; empty when the input can be worked off. */
  readonly faults: readonly BatchFault[];
}

/** Reads the whole input and says what is wrong with it, line by line. */
export async function checkLines(
  lines: AsyncIterable<Line>,
  endpoint: Endpoint,
  limits: BodyLimits & { readonly lines: number },
): Promise<Checked> {
  const faults: BatchFault[] = [];
  const names = new Set<string>();
  let total = 0;
  for await (const { n, bytes } of lines) {
    if (++total > limits.lines) {
      faults.push(fault('too_many_lines', `A batch has at most ${limits.lines} lines`));
      break;
    }
    try {
      const name = digest(batchCall(bytes, endpoint, limits).customId);
      if (names.has(name))
        throw new LineError('duplicate_custom_id', 'is the custom_id of an earlier line', 'custom_id');
      names.add(name);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      faults.push({ code: error.code, message: error.message, param: error.param, line: n });
      if (faults.length >= MOST_FAULTS) break;
    }
  }
  if (!total) faults.push(fault('empty_file', 'The input file has no lines'));
  return { total, faults };
}

function fault(code: string, message: string): BatchFault {
  return { code, message, param: 'input_file_id', line: null };
}

/** As long for every name: 50,000 of them are a few megabytes. */
function digest(name: string): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 22);
}
