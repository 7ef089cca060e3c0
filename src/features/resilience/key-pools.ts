import type { JsonObject } from '../../contract/json';
import { StateReport } from '../../contract/state-report';
import type { ConfiguredProvider } from '../../platform/config/config';
import { KeyPool, type KeyEvents, type KeyState } from './key-pool';

/** The pool of every provider that has keys. */
export class KeyPools extends StateReport {
  override readonly reports = 'keys';
  private readonly byProvider: ReadonlyMap<string, KeyPool>;

  constructor(
    providers: readonly ConfiguredProvider[],
    events: KeyEvents,
    now: () => number = () => performance.now(),
  ) {
    super();
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

  override state(): readonly JsonObject[] {
    return this.states().map(({ provider, key, inFlight, restsForMs, reason }) => ({
      provider,
      key,
      in_flight: inFlight,
      ...(restsForMs !== undefined && { rests_for_ms: Math.ceil(restsForMs) }),
      ...(reason && { reason }),
    }));
  }
}
