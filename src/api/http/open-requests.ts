import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Gauge, Registry } from 'prom-client';
import { OPERATIONS } from './operations-port';
import { upgradeOf } from './upgrades';

/**
 * Counts what is being answered, streams included: whoever takes this process out of service waits for it.
 * @returns how many there are now
 */
export function countOpenRequests(app: NestFastifyApplication): () => number {
  let open = 0;
  new Gauge({
    name: 'http_requests_open',
    help: 'Requests that are being answered, without probes, scrapes and WebSockets.',
    registers: [app.get(Registry, { strict: false })],
    collect() {
      this.set(open);
    },
  });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      if (!OPERATIONS.test(request.url) && !upgradeOf(request.raw)) {
        open++;
        reply.raw.once('close', () => open--);
      }
      done();
    });
  return () => open;
}
