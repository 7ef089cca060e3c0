import type { FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, type GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { anthropicMessages } from '../../dialects/anthropic';
import { encodeOpenAiError } from '../../dialects/openai-error';
import { type CallerRequest, setCallRates } from '../guards';
import { errorDialectOf, type ErrorDialect } from './error-dialect';
import { encodeProblem, PROBLEM_TYPE } from './problem';
import { shownError } from '../../platform/observability/shown-error';

const JSON_TYPE = 'application/json; charset=utf-8';

const SPELLING: Record<ErrorDialect, { type: string; encode: (error: GatewayError, requestId: string) => JsonObject }> =
  {
    openai: { type: JSON_TYPE, encode: encodeOpenAiError },
    anthropic: { type: JSON_TYPE, encode: (error, requestId) => anthropicMessages.encodeError(error, requestId) },
    problem: { type: PROBLEM_TYPE, encode: encodeProblem },
  };

/** Answers in the error shape that the route's callers know. */
export function refuse(error: GatewayError, request: FastifyRequest, reply: FastifyReply): void {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const { type, encode } = SPELLING[errorDialectOf(path, 'anthropic-version' in request.headers)];
  const { attempts, rates } = error.facts;
  if (error.retryAfter !== undefined) void reply.header('retry-after', String(Math.ceil(error.retryAfter)));
  if (rates) setCallRates(reply, rates, (request as CallerRequest).rate);
  if (attempts !== undefined) void reply.header('x-gatehouse-attempts', String(attempts));
  if (error.facts.exhausted) void reply.header('x-gatehouse-degraded', 'error');
  if (!ERRORS[error.code].retry && error.retryAfter === undefined) void reply.header('x-should-retry', 'false');
  void reply
    .status(error.status)
    .header('content-type', type)
    .send(JSON.stringify(encode(shownError(error), request.id)));
}
