import type { HostileRequest } from '../hostile-requests';
import { canaryIn } from './canary';
import { dialectOf, type Dialect } from './doors';
import type { Answer } from './send';

const STACK = /\bat [^\n]{1,200}:\d+:\d+|node_modules|node:internal/;
const FILE = /(^|[\s"'(])\/(work|home|tmp|usr|app|root|opt|var)\/[\w./-]+|[\w-]+\.(js|ts):\d+/;
const SAYS_NOTHING = /^(error|bad request|internal error|not found|client error|forbidden)?\.?$/i;
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** What is wrong with an answer, in words; empty when it keeps every promise. */
export function judge(asked: HostileRequest, answer: Answer): string[] {
  if (answer.status === 0) return asked.mayClose ? [] : ['closed the connection without an answer'];
  const wrong: string[] = [];
  if (answer.status >= 500) wrong.push(`answered with status ${answer.status}`);
  if (answer.status >= 300 && answer.status < 400 && !/^\/\w+$/.test(answer.headers.location ?? ''))
    wrong.push(`sends the caller elsewhere: ${answer.headers.location}`);
  if (!REQUEST_ID.test(String(answer.headers['x-request-id'] ?? ''))) wrong.push('no usable x-request-id');
  const planted = canaryIn(JSON.stringify(answer.headers));
  if (planted !== undefined) wrong.push(`a header gives the canary away: ${planted}`);
  if (asked.method === 'HEAD') return wrong;
  return wrong.concat(answer.status < 400 ? problemsOfStream(answer) : problemsOfRefusal(asked, answer));
}

/** A stream ends with its dialect's last word, or with an error that is not our fault. */
function problemsOfStream({ headers, text }: Answer): string[] {
  if (!headers['content-type']?.startsWith('text/event-stream')) return [];
  if (/internal error/i.test(text)) return ['the stream ends with an internal error'];
  const last =
    /data: \[DONE\]|event: message_stop|event: response\.(completed|incomplete|failed)|event: error|"error":/;
  return last.test(text) ? [] : ['the stream simply stops'];
}

function problemsOfRefusal({ target, headers }: HostileRequest, { text, headers: answered }: Answer): string[] {
  const planted = canaryIn(text);
  const wrong = planted === undefined ? [] : [`the refusal gives the canary away: ${planted}`];
  if (text.length > 10_000) return [...wrong, `the refusal has ${text.length} characters`];
  if (STACK.test(text) || FILE.test(text)) wrong.push('the refusal shows a stack or a file');
  const dialect = dialectOf(target, 'anthropic-version' in headers);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return [...wrong, 'the refusal is not JSON'];
  }
  const message = MESSAGES[dialect](body as Shape);
  if (message === undefined) wrong.push(`the refusal has not the shape ‘${dialect}’: ${text.slice(0, 150)}`);
  else if (SAYS_NOTHING.test(message)) wrong.push(`the refusal names no reason: ${text.slice(0, 150)}`);
  const type = dialect === 'problem' ? 'application/problem+json' : 'application/json';
  if (!answered['content-type']?.startsWith(type)) wrong.push(`the refusal is of type ${answered['content-type']}`);
  return wrong;
}

type Shape = { [name: string]: Shape | undefined } | string | number | null | undefined;

/** The message of a refusal, when it has the dialect's shape. */
const MESSAGES: Record<Dialect, (body: Shape) => string | undefined> = {
  openai: (body) => {
    const error = at(body, 'error');
    const nullable = ['param', 'code'].every((name) => at(error, name) === null || typeof at(error, name) === 'string');
    return nullable && text(at(error, 'type')) ? text(at(error, 'message')) : undefined;
  },
  anthropic: (body) =>
    at(body, 'type') === 'error' && text(at(at(body, 'error'), 'type'))
      ? text(at(at(body, 'error'), 'message'))
      : undefined,
  problem: (body) =>
    ['type', 'title', 'code'].every((name) => text(at(body, name))) && typeof at(body, 'status') === 'number'
      ? text(at(body, 'detail'))
      : undefined,
};

function at(value: Shape, name: string): Shape {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? value[name] : undefined;
}

function text(value: Shape): string | undefined {
  return typeof value === 'string' && value ? value : undefined;
}
