import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../../../../platform/redis/redis';
import { within } from '../../../../platform/redis/within';
import type { Head } from '../head/high-water';
import { StoredLogSigner } from '../signing/stored-log-signer';
import { verifyCheckpoint } from './signed-checkpoint';

const REDIS_MS = 500;

/** The newest checkpoint in Redis: known also to a process whose own data folder is new. */
@Injectable()
export class RedisHead {
  constructor(
    private readonly redis: RedisConnection,
    private readonly signer: StoredLogSigner,
  ) {}

  /** undefined when there is no Redis, or nothing in it that the log has signed. */
  async read(): Promise<Head | undefined> {
    const { client } = this.redis;
    if (!client) return undefined;
    try {
      const note = await within(REDIS_MS, client.get(this.key));
      if (note === null) return undefined;
      return verifyCheckpoint(note, this.signer.origin, this.signer.vkeys);
    } catch {
      return undefined; // whoever can write to Redis must not be able to stop the log
    }
  }

  /** @throws when Redis does not take it */
  async write(note: string): Promise<void> {
    const { client } = this.redis;
    if (client) await within(REDIS_MS, client.set(this.key, note));
  }

  private get key(): string {
    return `gatehouse:audit:head:${this.signer.origin}`;
  }
}
