import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { Config } from '../../platform/config/config';
import { DatabaseState } from '../../platform/database/database-state.service';
import { ApiKeyLookup } from './api-key-lookup.store';
import { KeyChanges } from './key-changes.store';
import { isKeyShaped, keyHash } from './key-format';
import { KnownKeys } from './known-keys';
import { LookupQueue } from './lookup-queue';

/** Half of the application's connections: a flood of unknown keys leaves the rest alone. */
const PARALLEL_LOOKUPS = 5;
const WAITING_LOOKUPS = 1_000;
const LOOKUP_MS = 2_000;

/** Says who is calling. */
@Injectable()
export class KeyRing implements OnModuleInit, OnApplicationShutdown {
  private readonly known: KnownKeys;
  private readonly byId: KnownKeys;
  private readonly changes: KeyChanges;
  /** The one key that an operator may have written by hand. */
  private readonly rootHash: string | undefined;

  constructor(config: Config, lookup: ApiKeyLookup, state: DatabaseState) {
    const queue = new LookupQueue(PARALLEL_LOOKUPS, WAITING_LOOKUPS, LOOKUP_MS);
    this.known = new KnownKeys((hash) => queue.run(() => lookup.find(hash)));
    this.byId = new KnownKeys((id) => queue.run(() => lookup.findById(id)));
    this.changes = new KeyChanges(config.databaseUrl.reveal(), {
      forget: (id) => this.forget(id),
      hearing: (changes, error) => {
        this.known.hearing(changes);
        this.byId.hearing(changes);
        // one broken connection is replaced at once; a server that cannot be reached is away, calls or no calls
        if (changes || error !== undefined) state.report('key-changes', error);
      },
    });
    this.rootHash = config.rootKey && keyHash(config.rootKey.reveal());
  }

  async onModuleInit(): Promise<void> {
    await this.changes.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.changes.stop();
  }

  /**
   * The same frozen object for every call of a key.
   * @throws GatewayError `unauthenticated`; `storage_unavailable` when that cannot be known.
   */
  async authenticate(key: string): Promise<Caller> {
    if (key.length > 200) throw unauthenticated();
    const hash = keyHash(key);
    if (!isKeyShaped(key) && hash !== this.rootHash) throw unauthenticated();
    const found = this.known.find(hash);
    const known = found instanceof Promise ? await found : found;
    if (!known) throw unauthenticated();
    if (known.expiresAt <= Date.now()) throw new GatewayError('unauthenticated', 'The API key has expired');
    return known.caller;
  }

  /**
   * Whoever handed in work that is done only now.
   * @throws GatewayError `forbidden` when the key is not accepted any more; `storage_unavailable` when that cannot be known
   */
  async callerOf(keyId: string): Promise<Caller> {
    const known = await this.byId.find(keyId);
    if (known && known.expiresAt > Date.now()) return known.caller;
    throw new GatewayError('forbidden', 'The API key that handed this in is not valid any more');
  }

  /** A key or a tenant was changed by this process. */
  forget(id: string): void {
    this.known.forget(id);
    this.byId.forget(id);
  }
}

function unauthenticated(): GatewayError {
  return new GatewayError('unauthenticated', 'The API key is not valid');
}
