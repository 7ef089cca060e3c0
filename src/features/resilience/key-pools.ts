import type { JsonObject } from '../../contract/json';
import { StateReport } from '../../contract/state-report';
import type { ConfiguredProvider } from '../../platform/config/config';
import type { LiveKeys } from '../../platform/secrets/live-keys';
import { KeyPool, type KeyEvents, type KeyState } from './key-pool';

/** The pool of every provider that has keys. */
export class KeyPools extends StateReport {
  override readonly reports = 'keys';
  private readonly byProvider = new Map<string, KeyPool>();
  private readonly keysOf = new Map<string, LiveKeys>();

  constructor(
    providers: readonly ConfiguredProvider[],
    events: KeyEvents,
    now: () => number = () => performance.now(),
  ) {
    super();
    for (const provider of providers) {
      if (provider.type === 'sandbox' || !provider.apiKeys.size) continue;
      const { name, apiKeys } = provider;
      const pool = new KeyPool(name, apiKeys.size, events, now);
      apiKeys.onChange(({ size, places, graceMs }) => pool.renew(size, places, graceMs));
      this.byProvider.set(name, pool);
      this.keysOf.set(name, apiKeys);
    }
  }

  /** A key was refused: perhaps it was rotated, and whoever keeps it knows the new one. Never throws. */
  async refresh(provider: string): Promise<void> {
    await this.keysOf.get(provider)?.refresh();
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
