import { randomUUID } from 'node:crypto';
import { type Client, type EvaluationContext, OpenFeature, type Provider } from '@openfeature/server-sdk';
import type { FlagContext } from '../../../contract/flags';
import type { FlagService } from '../flag-evaluations';
import type { FlagTable } from '../flag-table';
import { ownContext } from './evaluation-context';
import { GatehouseProvider } from './gatehouse-provider';

/** A provider of OpenFeature that is ready to be asked. */
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

/** The service that evaluates flags, ready to be asked. */
export async function openService(table: FlagTable): Promise<OpenedService> {
  const provider = new GatehouseProvider(table);
  return new OpenedService('gatehouse', await clientOf(provider), ownContext, provider);
}

/** OpenFeature has one registry for a process: a name of its own keeps applications in one process apart. */
async function clientOf(provider: Provider): Promise<Client> {
  const domain = `gatehouse-${randomUUID()}`;
  await OpenFeature.setProviderAndWait(domain, provider);
  return OpenFeature.getClient(domain);
}
