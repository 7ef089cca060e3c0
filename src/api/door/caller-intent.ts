import { isUtf8 } from 'node:buffer';
import { JOB_REQUEST_PREFIX } from '../../contract/job';
import { CACHE_INTENTS, type CacheIntent, type Validation } from '../../contract/call';
import { COMPLEXITIES, type Complexity } from '../../contract/selection';
import { fieldName, invalid } from '../../dialects/fields';
import { isObject, type JsonObject } from '../../contract/json';
import { GatewayError } from '../../contract/errors';
import { TRACEPARENT } from '../../contract/trace';
import { tagsOf } from './tags';
import { tellsOfSomebody } from './telling-id';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What a caller says beside the prompt, in headers or in the body's `gatehouse` object. */
export interface Intent {
  readonly requestId: string | undefined;
  readonly user: string | undefined;
  readonly session: string | undefined;
  readonly tags: readonly string[] | undefined;
  readonly timeoutMs: number | undefined;
  readonly traceparent: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly cache: CacheIntent | undefined;
  readonly validation: Validation | undefined;
  readonly complexity: Complexity | undefined;
}

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;
/** Of the body's `gatehouse` object. */
const OPTIONS = new Set(['timeout_ms', 'cache', 'idempotency_key', 'validate', 'tags', 'complexity']);
const BEYOND_ASCII = /[\x80-\xff]/;
const MAX_ID = 256;
const MAX_TIMEOUT_MS = 3_600_000;

/** What a job keeps of it for its calls; what was not said is not there. */
export function lastingIntent({ user, session, tags, cache, validation, complexity }: Intent) {
  return {
    ...(user !== undefined && { user }),
    ...(session !== undefined && { session }),
    ...(tags && { tags }),
    ...(cache && { cache }),
    ...(validation && { validation }),
    ...(complexity && { complexity }),
  };
}

/** @throws GatewayError `invalid_request` naming the header or field that makes no sense */
export function intentOf(headers: Headers, body: JsonObject, user: string | undefined): Intent {
  const own = gatehouseObject(body);
  const timeout = text(headers, 'x-gatehouse-timeout-ms') ?? own['timeout_ms'];
  const cache = text(headers, 'x-gatehouse-cache') ?? own['cache'];
  const validate = text(headers, 'x-gatehouse-validate') ?? own['validate'];
  const tags = text(headers, 'x-gatehouse-tags') ?? own['tags'];
  const complexity = text(headers, 'x-gatehouse-complexity') ?? own['complexity'];
  return {
    requestId: requestIdOf(headers),
    user: identifier(headers, 'x-user-id') ?? ofBody(user),
    session: identifier(headers, 'x-session-id'),
    tags: tags === undefined ? undefined : tagsOf(tags),
    timeoutMs: timeout === undefined ? undefined : milliseconds(timeout, placeOf(headers, 'timeout_ms')),
    traceparent: traceparentOf(headers),
    idempotencyKey: idempotencyKey(headers, own),
    cache: cache === undefined ? undefined : cacheIntent(cache, placeOf(headers, 'cache')),
    validation: validate === undefined ? undefined : validation(validate, placeOf(headers, 'validate')),
    complexity: complexity === undefined ? undefined : complexityOf(complexity, placeOf(headers, 'complexity')),
  };
}

/** What is malformed is ignored, as the standard has it. */
function traceparentOf(headers: Headers): string | undefined {
  const given = text(headers, 'traceparent');
  return given !== undefined && TRACEPARENT.test(given) ? given : undefined;
}

/**
 * The caller's own id for the request when it is well-formed, holds nothing personal and no secret, and cannot be taken for one of the
 * gateway's; else it is replaced, not refused.
 */
export function requestIdOf(headers: Headers): string | undefined {
  const id = text(headers, 'x-request-id');
  if (id === undefined || !isRequestId(id) || id.startsWith(JOB_REQUEST_PREFIX)) return undefined;
  return tellsOfSomebody(id) ? undefined : id;
}

export function isRequestId(text: string): boolean {
  return REQUEST_ID.test(text);
}

function gatehouseObject(body: JsonObject): JsonObject {
  const own = body['gatehouse'];
  if (own === undefined || own === null) return {};
  if (!isObject(own)) throw invalid('gatehouse', 'expected an object');
  for (const key of Object.keys(own))
    if (!OPTIONS.has(key)) throw invalid(`gatehouse.${fieldName(key)}`, 'is not an option of this release');
  return own;
}

function milliseconds(value: unknown, param: string): number {
  // in a header it is text; what else JavaScript takes for a number (0x10, 1e3, true, [5]) is a mistake
  const ms = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof ms === 'number' && Number.isInteger(ms) && ms >= 1 && ms <= MAX_TIMEOUT_MS) return ms;
  throw new GatewayError('invalid_request', `${param} must be a whole number from 1 to ${MAX_TIMEOUT_MS}`, { param });
}

/** Taken as it is: two keys that differ in anything name two calls. */
function idempotencyKey({ 'idempotency-key': header }: Headers, own: JsonObject): string | undefined {
  const key = header ?? own['idempotency_key'];
  if (key === undefined || (typeof key === 'string' && IDEMPOTENCY_KEY.test(key))) return key;
  const param = header === undefined ? 'gatehouse.idempotency_key' : 'idempotency-key';
  throw new GatewayError('invalid_request', `${param} must have 1 to 255 printable ASCII characters`, { param });
}

/** Where the caller said it: the header, which counts before the option of that name in the body. */
function placeOf(headers: Headers, option: string): string {
  const header = `x-gatehouse-${option.replaceAll('_', '-')}`;
  return text(headers, header) === undefined ? `gatehouse.${option}` : header;
}

function cacheIntent(value: unknown, param: string): CacheIntent {
  const intent = CACHE_INTENTS.find((known) => known === value);
  if (intent) return intent;
  throw new GatewayError('invalid_request', `${param} must be one of ${CACHE_INTENTS.join(', ')}`, { param });
}

function validation(value: unknown, param: string): Validation {
  if (value === true || value === 'true') return 'refuse';
  if (value === 'repair') return value;
  throw new GatewayError('invalid_request', `${param} must be true or repair`, { param });
}

function complexityOf(value: unknown, param: string): Complexity {
  const complexity = COMPLEXITIES.find((known) => known === value);
  if (complexity) return complexity;
  throw new GatewayError('invalid_request', `${param} must be one of ${COMPLEXITIES.join(', ')}`, { param });
}

/** In whichever field the dialect has it. */
function ofBody(user: string | undefined): string | undefined {
  if (user === undefined || user.length <= MAX_ID) return user || undefined;
  throw new GatewayError('invalid_request', `The user must be named by at most ${MAX_ID} characters`, {
    param: 'user',
  });
}

function identifier(headers: Headers, name: string): string | undefined {
  const value = text(headers, name);
  if (value === undefined || value.length <= MAX_ID) return value;
  throw new GatewayError('invalid_request', `${name} must have at most ${MAX_ID} characters`, { param: name });
}

function text(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  const first = Array.isArray(value) ? value[0] : value;
  return (first && asUtf8(first).trim()) || undefined;
}

/** Node.js reads the bytes of a header as Latin-1, most clients send UTF-8: what is valid UTF-8 is meant so, as in a body. */
function asUtf8(header: string): string {
  if (!BEYOND_ASCII.test(header)) return header;
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
}
