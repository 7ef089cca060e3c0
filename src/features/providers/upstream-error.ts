import { APIError as AnthropicError } from '@anthropic-ai/sdk/error';
import { APIError as OpenAiError } from 'openai/error';
import { GatewayError, type Blame, type ErrorFacts } from '../../contract/errors';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { Allowance, Quota } from '../../contract/reply';
import type { Dialect } from '../../contract/wire';
import { rateLimits } from './rate-limits';

const MESSAGE_CHARACTERS = 500;

export interface UpstreamResponse {
  readonly dialect: Dialect;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Our key, or what is left of its quota. */
const OF_THE_KEY: ReadonlySet<number> = new Set([401, 402, 403, 429]);

/**
 * What a provider's error response means for the caller. Its complaints about the request are the caller's to read; its
 * complaints about our key or account are ours, and say nothing to the caller.
 */
export function upstreamError(response: UpstreamResponse): GatewayError {
  const { status } = response;
  const { message, facts: found } = explain(response);
  const facts: ErrorFacts = { ...found, blame: blameOf(status) };
  switch (status) {
    case 400:
    case 422:
      return new GatewayError('invalid_request', message, { ...facts, status });
    case 404:
      // with a code of its own (a lost thread) it is about the request; else the model is not there
      return facts.details
        ? new GatewayError('not_found', message, { ...facts, blame: 'caller' })
        : new GatewayError('model_not_found', message, { ...facts, param: 'model' });
    case 409:
      return new GatewayError('conflict', message, facts);
    case 413:
      return new GatewayError('prompt_too_large', message, facts);
    case 401:
    case 402:
    case 403:
      // the key is good, but may not use this model: with OpenAI that is a matter of the project
      if (facts.providerCode === 'model_not_found')
        return new GatewayError('model_not_found', 'The provider does not have the model', {
          providerStatus: status,
          blame: 'provider',
          param: 'model',
        });
      return new GatewayError('provider_failed', 'The provider refused the gateway’s credentials', own(facts));
    case 429:
      return new GatewayError('rate_limited', message, {
        ...facts,
        retryAfter: facts.retryAfter ?? refilledAfter(facts.quota) ?? 1,
      });
    case 408:
    case 504:
      return new GatewayError('deadline_exceeded', 'The provider timed out', facts);
    case 503:
    case 529:
      return new GatewayError('overloaded', 'The provider is overloaded', facts);
    default:
      return new GatewayError('provider_failed', `The provider failed with status ${status}`, own(facts));
  }
}

/** The SDKs know how their vendors spell errors; their classes read message, code and type. */
function explain({ dialect, status, headers, body }: UpstreamResponse): { message: string; facts: ErrorFacts } {
  const json = parse(body);
  const asHeaders = new Headers(Object.entries(headers).flatMap(([k, v]) => (typeof v === 'string' ? [[k, v]] : [])));
  const anthropic = dialect.startsWith('anthropic');
  const error = anthropic
    ? AnthropicError.generate(status, json as object, undefined, asHeaders)
    : OpenAiError.generate(status, json as object, undefined, asHeaders);
  const inner = isObject(json?.['error']) ? json['error'] : json;
  const text =
    typeof inner?.['message'] === 'string' ? inner['message'] : `The provider answered with status ${status}`;
  const code = error instanceof OpenAiError ? error.code : undefined;
  const quota = rateLimits(headers);
  return {
    message: text.slice(0, MESSAGE_CHARACTERS),
    facts: {
      providerStatus: status,
      ...(typeof code === 'string' ? { providerCode: code } : {}),
      ...(error instanceof OpenAiError && error.param ? { param: error.param } : {}),
      ...retryAfter(headers['retry-after']),
      ...(quota ? { quota } : {}),
      ...(anthropic ? details(inner?.['details']) : {}),
    },
  };
}

function blameOf(status: number): Blame {
  if (OF_THE_KEY.has(status)) return 'key';
  // a model that is not there any more is not the caller's fault, nor is one that takes too long
  return status >= 500 || status === 408 || status === 404 ? 'provider' : 'caller';
}

/** What the caller may know of a fault that is not theirs. */
function own({ blame, providerStatus, retryAfter: after }: ErrorFacts): ErrorFacts {
  return { blame, providerStatus, ...(after === undefined ? {} : { retryAfter: after }) };
}

function retryAfter(header: string | string[] | undefined): { retryAfter?: number } {
  if (typeof header !== 'string') return {};
  const seconds = /^\d+(\.\d+)?$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1_000;
  return Number.isFinite(seconds) ? { retryAfter: Math.max(0, Math.ceil(seconds)) } : {};
}

/** Seconds until the key has all kinds of quota again; undefined where none of them is used up for a known time. */
function refilledAfter({ requests, tokens }: Quota = {}): number | undefined {
  const spent = [requests, tokens].filter((kind): kind is Allowance => kind?.remaining === 0);
  const waits = spent.flatMap(({ resetMs }) => resetMs ?? []);
  return waits.length ? Math.max(...waits) / 1_000 : undefined;
}

function details(value: Json | undefined): { details?: Record<string, string> } {
  const code = isObject(value) ? value['error_code'] : undefined;
  return typeof code === 'string' ? { details: { error_code: code } } : {};
}

function parse(body: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined; // HTML from a proxy, an empty body: the status says enough
  }
}
