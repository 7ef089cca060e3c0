import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../contract/errors';
import { causeOf } from './cause-of';
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
    const error = wrongMethod(request) ?? translateException(thrown);
    if (error.code === 'internal') this.log.error({ request_id: request.id, err: causeOf(error) }, 'unexpected error');
    if (reply.sent || reply.raw.headersSent || reply.raw.destroyed) return;
    refuse(error, request, reply);
  }
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** A route that exists for other methods only is not a route that does not exist. */
function wrongMethod({ is404, server, url }: FastifyRequest): GatewayError | undefined {
  if (!is404) return undefined;
  const path = url.split('?', 1)[0] ?? '';
  // the router takes what it is asked about for a pattern, and throws at strange ones
  if (!/^[\w./-]+$/.test(path)) return undefined;
  const methods = METHODS.filter((method) => server.hasRoute({ method, url: path }));
  return methods.length ? new GatewayError('method_not_allowed', `This route takes ${methods.join(', ')}`) : undefined;
}
