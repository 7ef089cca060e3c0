import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RootAccess } from '../../features/tenancy';
import { Config } from '../../platform/config/config';
import { processScrubber } from '../../platform/observability/process-scrubber';

/** What a person who just started the gateway wants to know. */
export function banner(app: NestFastifyApplication, url: string): string {
  const config = app.get(Config);
  const { rootKeyLocation } = app.get(RootAccess, { strict: false });
  const fromFile = !config.rootKey;
  const key = fromFile ? `$(cat ${quote(rootKeyLocation)})` : '$GATEHOUSE_ROOT_KEY';
  const seconds = process.uptime().toFixed(1);
  return processScrubber.printable(`
  Gatehouse is ready (${seconds} s)

    URL        ${url}     API reference: ${url}/docs
    Root key   ${fromFile ? rootKeyLocation : 'as set in GATEHOUSE_ROOT_KEY'}
    Providers  ${config.providers.map(({ name, type }) => (type === 'sandbox' ? `${name} (built in: answers without a model)` : name)).join(', ')}
    Database   ${config.embeddedDatabase ? 'embedded PostgreSQL' : 'external PostgreSQL'}
    Limits     ${config.redisUrl ? 'shared through Redis' : 'in this process (set REDIS_URL to share them)'}

  Try it:

    curl ${url}/v1/chat/completions \\
      -H "authorization: Bearer ${key}" \\
      -H "content-type: application/json" \\
      -d '{"model": "fast", "messages": [{"role": "user", "content": "Say hello."}]}'

`);
}

function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
