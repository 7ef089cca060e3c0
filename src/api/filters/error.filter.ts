import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayError } from '../../contract/errors';
import { refuse } from './refuse';
import { translateException } from './translate-exception';

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
    refuse(error, request, reply);
  }
}

/** Name, message and stack of what went wrong. Drivers put values into other properties: those stay out. */
function causeOf(error: GatewayError): { name: string; message: string; stack?: string } {
  const cause = error.facts.cause ?? error.cause ?? error;
  return cause instanceof Error
    ? { name: cause.name, message: cause.message, stack: cause.stack }
    : { name: 'Error', message: 'something that is not an error was thrown' };
}
