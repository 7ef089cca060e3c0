import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PinoLogger } from 'nestjs-pino';
import type { CallerRequest } from '../guards';

const PROBES = /^\/(health|metrics)(\/|\?|$)/;

/** A line for every request that is not a call (those have their own) and not a probe. The route's pattern, never its URL. */
export async function logRequests(app: NestFastifyApplication): Promise<void> {
  const log = await app.resolve(PinoLogger, undefined, { strict: false });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request: CallerRequest, reply, done) => {
      if (!request.isCall && !PROBES.test(request.url))
        log.info(
          {
            request_id: request.id,
            tenant: request.caller?.tenantId,
            key_id: request.caller?.keyId,
            method: request.method,
            route: request.routeOptions.url ?? 'none',
            status: reply.statusCode,
            latency_ms: Math.round(reply.elapsedTime),
          },
          'request',
        );
      done();
    });
}
