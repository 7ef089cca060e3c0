import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Attempt } from '../../contract/attempt';
import type { BatchedReply, BatchedRequest } from '../../contract/in-batch';
import type { Reply } from '../../contract/reply';
import { Config } from '../../platform/config/config';
import type { ProviderBatches } from './batches/provider-batches';
import type { Asked, Provider, Reachability } from './provider';
import { createProvider } from './providers';

/** Every configured provider, made at start and closed at the end. */
@Injectable()
export class Providers implements OnApplicationShutdown {
  private readonly byName: ReadonlyMap<string, Provider>;

  constructor(config: Config) {
    this.byName = new Map(config.providers.map((settings) => [settings.name, createProvider(settings)]));
  }

  readonly send = (attempt: Attempt): Promise<Reply> => this.of(attempt.candidate.provider).send(attempt);

  /** The call as a line of a batch. @throws GatewayError when its provider takes none of the kind */
  batched(asked: Asked): BatchedRequest {
    return this.of(asked.candidate.provider).batched(asked);
  }

  /** What the provider said of that line. @throws GatewayError what it failed with */
  batchReply(asked: Asked, reply: BatchedReply): Promise<Reply> {
    return this.of(asked.candidate.provider).batchReply(asked, reply);
  }

  /** Undefined where that provider takes no batches, or is not configured any more. */
  batchesOf(name: string): ProviderBatches | undefined {
    return this.byName.get(name)?.batches;
  }

  /** By provider's name. */
  async reach(): Promise<Record<string, Reachability>> {
    const found = [...this.byName].map(async ([name, provider]) => [name, await provider.reach()] as const);
    return Object.fromEntries(await Promise.all(found));
  }

  private of(name: string): Provider {
    const provider = this.byName.get(name);
    if (!provider) throw new Error(`no provider ${name}`);
    return provider;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.byName.values()].map((provider) => provider.close()));
  }
}
