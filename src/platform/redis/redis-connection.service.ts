import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Config } from '../config/config';
import { RedisConnection } from './redis';

const CONNECT_MS = 3_000;
const COMMAND_MS = 1_000;
const MAX_RECONNECT_MS = 1_000;

/** One connection for the process. It must stand at start; when it is lost later, commands fail at once until it is back. */
@Injectable()
export class RedisConnectionService extends RedisConnection implements OnModuleInit, OnApplicationShutdown {
  readonly client: Redis | undefined;
  /** Why there is no connection: what a command is told says only that. */
  private reason: string | undefined;

  constructor(config: Config) {
    super();
    if (!config.redisUrl) return;
    this.client = new Redis(config.redisUrl.reveal(), {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      commandTimeout: COMMAND_MS,
      // never queue for a server that is away: whoever asks decides what to do without it
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), MAX_RECONNECT_MS),
    });
    const log = new Logger('Redis');
    this.client.on('error', (error: Error) => {
      this.reason = error.message;
      log.debug(error.message);
    });
  }

  /** @throws Error naming REDIS_URL when Redis does not answer */
  async onModuleInit(): Promise<void> {
    if (!this.client) return;
    try {
      await this.client.connect();
      await this.client.ping();
    } catch (error) {
      this.client.disconnect();
      const reason = this.reason ?? (error instanceof Error ? error.message : 'unknown');
      throw new Error(`REDIS_URL is set but Redis does not answer: ${reason}`);
    }
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }
}
