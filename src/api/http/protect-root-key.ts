import { readFileSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RootAccess } from '../../features/tenancy';
import type { Config } from '../../platform/config/config';
import { Scrubber } from '../../platform/observability/scrubber';

/** A root key that was made here is no secret of the configuration, and not in the log either. After the application's start. */
export function protectRootKey(app: NestFastifyApplication, { rootKey }: Config): void {
  if (rootKey) return;
  const { rootKeyLocation } = app.get(RootAccess, { strict: false });
  app.get(Scrubber, { strict: false }).protect('root key', readFileSync(rootKeyLocation, 'utf8').trim());
}
