import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayError } from '../../contract/errors';
import { listenRefusal } from '../../platform/config/listen-refusal';

/** Paths of probes and metrics. */
export const OPERATIONS = /^\/(health|metrics)(\/|\?|$)/;

/** Probes and metrics on a port of their own; the other port then does not know them, and this one knows nothing else. */
export class OperationsPort {
  private readonly arrived = new WeakSet<IncomingMessage>();

  /** Before the application is ready. */
  constructor(private readonly app: NestFastifyApplication) {
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onRequest', (request, _reply, done) => {
      const fits = OPERATIONS.test(request.url) === this.arrived.has(request.raw);
      done(fits ? undefined : new GatewayError('not_found', 'There is no such route'));
    });
  }

  async listen(port: number, host: string): Promise<Server> {
    const fastify = this.app.getHttpAdapter().getInstance();
    const server = createServer((request, response) => {
      this.arrived.add(request);
      fastify.routing(request, response);
    });
    server.listen(port, host);
    await once(server, 'listening').catch((error: unknown) => {
      throw listenRefusal('GATEHOUSE_OPS_PORT', error);
    });
    return server;
  }
}
