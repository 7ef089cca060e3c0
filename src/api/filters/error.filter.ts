import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, type GatewayError } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { anthropicMessages } from '../../dialects/anthropic';
import { encodeOpenAiError } from '../../dialects/openai-error';
import { errorDialectOf, type ErrorDialect } from './error-dialect';
import { encodeProblem, PROBLEM_TYPE } from './problem';
import { translateException } from './translate-exception';

const JSON_TYPE = 'application/json; charset=utf-8';

const SPELLING: Record<ErrorDialect, { type: string; encode: (error: GatewayError, requestId: string) => JsonObject }> =
  {
    openai: { type: JSON_TYPE, encode: encodeOpenAiError },
    anthropic: { type: JSON_TYPE, encode: (error, requestId) => anthropicMessages.encodeError(error, requestId) },
    problem: { type: PROBLEM_TYPE, encode: encodeProblem },
  };

/** Answers every refusal and failure in the shape that the route's callers know. No detail of a fault of ours leaves. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly log = new Logger('Error');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = translateException(thrown);
    if (error.code === 'internal') this.log.error({ request_id: request.id, err: causeOf(error) }, 'unexpected error');
    if (reply.sent || reply.raw.headersSent || reply.raw.destroyed) return;

    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const { type, encode } = SPELLING[errorDialectOf(path, 'anthropic-version' in request.headers)];
    const attempts = error.facts.attempts;
    if (error.retryAfter !== undefined) void reply.header('retry-after', String(Math.ceil(error.retryAfter)));
    if (attempts !== undefined) void reply.header('x-gatehouse-attempts', String(attempts));
    if (!ERRORS[error.code].retry) void reply.header('x-should-retry', 'false');
    void reply
      .status(error.status)
      .header('content-type', type)
      .send(JSON.stringify(encode(error, request.id)));
  }
}

/** Name, message and stack of what went wrong. Drivers put values into other properties: those stay out. */
function causeOf(error: GatewayError): { name: string; message: string; stack?: string } {
  const cause = error.facts.cause ?? error.cause ?? error;
  return cause instanceof Error
    ? { name: cause.name, message: cause.message, stack: cause.stack }
    : { name: 'Error', message: 'something that is not an error was thrown' };
}
