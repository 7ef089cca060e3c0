import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PinoLogger } from 'nestjs-pino';
import { GuardPolicies } from '../../features/sanitization';
import type { Config } from '../../platform/config/config';
import { sanitizeForLogging } from '../../platform/observability/sanitize-for-logging';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import type { CallerRequest } from '../guards';

const PROBES = /^\/(health|metrics)(\/|\?|$)/;

/**
 * A line for every request that is not a call (those have their own) and not a probe. The route's pattern, never its URL.
 * At level `debug` also one for the body of each call: by its hash, equal bodies of a tenant are found.
 */
export async function logRequests(app: NestFastifyApplication, { masterKey }: Config): Promise<void> {
  const log = await app.resolve(PinoLogger, undefined, { strict: false });
  const guards = app.get(GuardPolicies, { strict: false });
  const hash = new KeyedHash(masterKey);
  const logBody = ({ id, caller, body }: CallerRequest): void => {
    if (!caller || !log.logger.isLevelEnabled('debug')) return;
    const { tenantId, tenantName, keyId } = caller;
    const { preview } = guards.of({ id: tenantId, name: tenantName }).policy.logs;
    const content = sanitizeForLogging(JSON.stringify(body), { hash, tenantId, preview });
    log.debug({ request_id: id, tenant: tenantId, key_id: keyId, content }, 'content of a call');
  };
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request: CallerRequest, reply, done) => {
      if (request.isCall) logBody(request);
      else if (!PROBES.test(request.url))
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
