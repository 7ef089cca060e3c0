import { createHash } from 'node:crypto';
import type { GatewayError } from '../../contract/errors';
import { JOB_REQUEST_PREFIX } from '../../contract/job';
import type { JsonObject } from '../../contract/json';
import { encodeOpenAiError } from '../../dialects/openai-error';
import { isPassing } from '../waits';
import { shownError } from '../../platform/observability/shown-error';

/** Why lines were not done. */
export type Undone = 'cancelled' | 'expired' | 'failed';

/** A line of the files that a batch leaves, as OpenAI spells it. */
export interface ResultLine {
  readonly id: string;
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: JsonObject } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What ends a batch for now rather than a line of it: nothing can be kept, or its key is no good. */
const OF_THE_BATCH = new Set([
  'storage_unavailable',
  'audit_unavailable',
  'unauthenticated',
  'forbidden',
  'client_closed',
]);

const WHY: Record<Undone, string> = {
  cancelled: 'The batch was cancelled before this line was done',
  expired: 'The line was not done within the completion window',
  failed: 'The batch failed before this line was done',
};

export const stepOf = (n: number): string => `line ${n}`;

/** What the call of a line is called in the record. */
export const requestOf = (jobId: string, n: number): string => `${JOB_REQUEST_PREFIX}${jobId}:${n}`;

export function answered(jobId: string, n: number, customId: string, body: JsonObject): ResultLine {
  const response = { status_code: 200, request_id: requestOf(jobId, n), body };
  return { id: idOf(jobId, n), custom_id: customId, response, error: null };
}

/** As the door of the same endpoint would have refused the call. */
export function refused(jobId: string, n: number, customId: string, error: GatewayError): ResultLine {
  const requestId = requestOf(jobId, n);
  const response = {
    status_code: error.status,
    request_id: requestId,
    body: encodeOpenAiError(shownError(error), requestId),
  };
  return { id: idOf(jobId, n), custom_id: customId, response, error: null };
}

export function undone(jobId: string, n: number, customId: string, why: Undone): ResultLine {
  const error = { code: `batch_${why}`, message: WHY[why] };
  return { id: idOf(jobId, n), custom_id: customId, response: null, error };
}

export function isAnswer({ response }: ResultLine): boolean {
  return response?.status_code === 200;
}

/** Whether what a call failed with says something of this line alone. */
export function isOfLine(error: GatewayError): boolean {
  const { code, facts } = error;
  // the call is still being answered for a process that died: it is asked for again
  if (code === 'idempotency_conflict' && facts.retryAfter !== undefined) return false;
  return !isPassing(error) && !isOfBatch(error);
}

/** Whether it ends the batch for now, whatever call it came of. */
export function isOfBatch({ code }: GatewayError): boolean {
  return OF_THE_BATCH.has(code);
}

/** The same whenever the line is done again. */
function idOf(jobId: string, n: number): string {
  return `batch_req_${createHash('sha256').update(`${jobId}/${n}`).digest('hex').slice(0, 32)}`;
}
