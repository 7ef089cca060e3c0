import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import {
  type Client,
  type EvaluationContext,
  OpenFeature,
  type Provider,
  ProviderEvents,
} from '@openfeature/server-sdk';
import type { FlagContext } from '../../../contract/flags';
import type { Config } from '../../../platform/config/config';
import { FLAG_SERVICE_KEY } from '../../../platform/config/needed-secrets';
import type { KeyedHash } from '../../../platform/secrets/keyed-hash';
import type { FlagService } from '../flag-evaluations';
import type { FlagTable } from '../flag-table';
import { foreignContext, ownContext } from './evaluation-context';
import { foreignProvider } from './foreign-provider';
import { GatehouseProvider } from './gatehouse-provider';

/** A provider of OpenFeature that can be asked. */
export class OpenedService implements FlagService {
  constructor(
    readonly name: string,
    readonly client: Client,
    readonly contextOf: (context: FlagContext, at?: number) => EvaluationContext,
    private readonly provider: Provider,
    readonly deadlineMs?: number,
  ) {}

  async close(): Promise<void> {
    await this.provider.onClose?.();
  }
}

/** The service that evaluates flags. One elsewhere is waited for a while; it may come later. */
export async function openService(
  { flagService, secrets }: Pick<Config, 'flagService' | 'secrets'>,
  table: FlagTable,
  hash: Pick<KeyedHash, 'pseudonym'>,
): Promise<OpenedService> {
  const { provider: settings, startMs, evaluateMs } = flagService;
  // OpenFeature has one registry for a process: a name of its own keeps applications in one process apart
  const domain = `gatehouse-${randomUUID()}`;
  if (settings.type === 'gatehouse') {
    const own = new GatehouseProvider(table);
    await OpenFeature.setProviderAndWait(domain, own);
    return new OpenedService(settings.type, OpenFeature.getClient(domain), ownContext, own);
  }
  const foreign = foreignProvider(settings, startMs, () => secrets.get(FLAG_SERVICE_KEY).current.reveal());
  const client = OpenFeature.getClient(domain);
  tellOf(client, settings.type);
  await within(OpenFeature.setProviderAndWait(domain, foreign), startMs);
  return new OpenedService(settings.type, client, (context) => foreignContext(context, hash), foreign, evaluateMs);
}

/** How the service is; what it says itself may hold anything. */
function tellOf(client: Client, name: string): void {
  const log = new Logger('Flags');
  client.addHandler(ProviderEvents.Error, () =>
    log.warn({ name }, 'the flag service cannot be asked; flags have what was last known, or their defaults'),
  );
  client.addHandler(ProviderEvents.Stale, () =>
    log.warn({ name }, 'the flag service is not heard of; what was last known holds'),
  );
  client.addHandler(ProviderEvents.Ready, () => log.log({ name }, 'the flag service can be asked'));
}

/** Resolves when the service is ready, cannot be reached, or the time is over. */
async function within(ready: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([ready.catch(() => undefined), over]);
  clearTimeout(timer);
}
