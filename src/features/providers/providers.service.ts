import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Attempt } from '../../contract/attempt';
import type { Reply } from '../../contract/reply';
import { Config } from '../../platform/config/config';
import type { Provider, Reachability } from './provider';
import { createProvider } from './providers';

/** Every configured provider, made at start and closed at the end. */
@Injectable()
export class Providers implements OnApplicationShutdown {
  private readonly byName: ReadonlyMap<string, Provider>;

  constructor(config: Config) {
    this.byName = new Map(config.providers.map((settings) => [settings.name, createProvider(settings)]));
  }

  readonly send = (attempt: Attempt): Promise<Reply> => {
    const provider = this.byName.get(attempt.candidate.provider);
    if (!provider) throw new Error(`no provider ${attempt.candidate.provider}`);
    return provider.send(attempt);
  };

  /** By provider's name. */
  async reach(): Promise<Record<string, Reachability>> {
    const found = [...this.byName].map(async ([name, provider]) => [name, await provider.reach()] as const);
    return Object.fromEntries(await Promise.all(found));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.byName.values()].map((provider) => provider.close()));
  }
}
