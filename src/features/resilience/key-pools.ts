import type { ConfiguredProvider } from '../../platform/config/config';
import { KeyPool, type KeyEvents, type KeyState } from './key-pool';

/** The pool of every provider that has keys. */
export class KeyPools {
  private readonly byProvider: ReadonlyMap<string, KeyPool>;

  constructor(
    providers: readonly ConfiguredProvider[],
    events: KeyEvents,
    now: () => number = () => performance.now(),
  ) {
    this.byProvider = new Map(
      providers.flatMap((provider) =>
        provider.type === 'sandbox' || !provider.apiKeys.length
          ? []
          : [[provider.name, new KeyPool(provider.name, provider.apiKeys.length, events, now)]],
      ),
    );
  }

  of(provider: string): KeyPool | undefined {
    return this.byProvider.get(provider);
  }

  states(): KeyState[] {
    return [...this.byProvider.values()].flatMap((pool) => pool.states());
  }
}
