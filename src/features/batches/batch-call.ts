import { GatewayError } from '../../contract/errors';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import { CODECS } from '../../dialects/codecs';
import { type BodyLimits, parseBody } from '../../dialects/parse-body';
import { type Endpoint, ENDPOINTS } from './batch-input';

const LONGEST_ID = 512;
const MOST_ANSWERS = 128;
const MOST_TOKENS = 10_000_000;

/** One line of a batch: a call that has a name. */
export interface BatchCall {
  readonly customId: string;
  readonly body: JsonObject;
}

/** What is wrong with a line, or with the file as a whole. Never content. */
export interface BatchFault {
  readonly code: string;
  readonly message: string;
  /** Within the line. */
  readonly param: string | null;
  readonly line: number | null;
}

/** A line that is no call. */
export class LineError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly param: string | null = null,
  ) {
    super(message);
  }
}

/** @throws LineError */
export function batchCall(bytes: Buffer | undefined, endpoint: Endpoint, limits: BodyLimits): BatchCall {
  const { custom_id: customId, method, url, body, ...rest } = objectOf(bytes, limits);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new LineError('unknown_parameter', 'The line has a field that lines do not have');
  if (typeof customId !== 'string' || !customId || customId.length > LONGEST_ID)
    throw new LineError('invalid_custom_id', `must be a text of 1 to ${LONGEST_ID} characters`, 'custom_id');
  if (method !== 'POST') throw new LineError('invalid_method', 'must be POST', 'method');
  if (url !== endpoint) throw new LineError('mismatched_endpoint', `must be ${endpoint}, as the batch says`, 'url');
  if (!isObject(body)) throw new LineError('invalid_body', 'must be an object', 'body');
  if ('gatehouse' in body)
    throw new LineError('invalid_body', 'options are given as headers of the batch', 'body.gatehouse');
  // a batch has nobody to stream to
  const { stream: _stream, stream_options: _options, ...asked } = body;
  try {
    CODECS[ENDPOINTS[endpoint]].decodeRequest(asked);
  } catch (error) {
    const { code, message, facts } = GatewayError.from(error);
    if (code === 'internal') throw error;
    throw new LineError('invalid_body', message, facts.param === undefined ? 'body' : `body.${facts.param}`);
  }
  return { customId, body: asked };
}

/** What a line says of how dear it may be; undefined when it makes no sense. */
export function askedOf(
  bytes: Buffer | undefined,
  limits: BodyLimits,
): { model: string; maxTokens?: number; answers: number } | undefined {
  try {
    const { body } = objectOf(bytes, limits);
    if (!isObject(body) || typeof body['model'] !== 'string') return undefined;
    const { model, n } = body;
    const each = maxTokensOf(body);
    const answers = typeof n === 'number' && n >= 1 ? Math.min(n, MOST_ANSWERS) : 1;
    return {
      model,
      ...(each !== undefined && { maxTokens: Math.ceil(Math.min(each * answers, MOST_TOKENS)) }),
      answers,
    };
  } catch {
    return undefined;
  }
}

/** Whom a line names as the end user, whether it can be worked off or not. */
export function userOf(bytes: Buffer | undefined, limits: BodyLimits): string | undefined {
  try {
    const { body } = objectOf(bytes, limits);
    // every dialect that lines have calls it so
    return isObject(body) && typeof body['user'] === 'string' ? body['user'] || undefined : undefined;
  } catch {
    return undefined;
  }
}

function maxTokensOf({ max_completion_tokens: newest, max_tokens: former, max_output_tokens: own }: JsonObject) {
  return [newest, former, own].find((given): given is number => typeof given === 'number' && given >= 0);
}

function objectOf(bytes: Buffer | undefined, limits: BodyLimits): JsonObject {
  if (!bytes) throw new LineError('line_too_long', 'The line is longer than the body of a call may be');
  let line: unknown;
  try {
    line = parseBody(bytes, limits, 'The line');
  } catch (error) {
    throw new LineError('invalid_json_line', GatewayError.from(error).message);
  }
  if (!isObject(line as Json)) throw new LineError('invalid_json_line', 'The line is not a JSON object');
  return line as JsonObject;
}
