import { isObject, type JsonObject } from '../../contract/json';
import { SecretUnavailable } from './secret-unavailable';

const ANSWER_BYTES = 1_048_576;
const DEADLINE_MS = 3_000;

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly text: string;
  /** Undefined when the text is not a JSON object. */
  readonly json: JsonObject | undefined;
}

/**
 * Asks a service that keeps secrets, once, within a deadline; follows no redirection, which could carry a credential away.
 * @param who what an operator calls the service
 * @throws SecretUnavailable when there is no answer
 */
export async function askService(who: string, url: URL, question: Question = {}): Promise<ServiceAnswer> {
  const { method = 'GET', headers = {}, body, signal, deadlineMs = DEADLINE_MS } = question;
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      ...(body === undefined ? {} : { body }),
    });
    const text = await bounded(response);
    return { status: response.status, text, json: parsed(text) };
  } catch (error) {
    if (error instanceof SecretUnavailable) throw error;
    if (signal?.aborted) throw new SecretUnavailable(`${who} did not answer in time`, true);
    if (deadline.aborted) throw new SecretUnavailable(`${who} did not answer within ${deadlineMs / 1_000} s`, true);
    throw new SecretUnavailable(`${who} cannot be reached (${codeOf(error)})`, true);
  }
}

/** Of a service that is overloaded or broken for a moment. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > ANSWER_BYTES) throw new SecretUnavailable(`the answer is larger than ${ANSWER_BYTES} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The operating system's word; messages could repeat what was sent. */
function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  if (typeof cause?.code === 'string') return cause.code;
  return cause?.message === 'unexpected redirect' ? 'it redirects' : 'no answer';
}
