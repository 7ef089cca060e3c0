import type { Redis } from 'ioredis';

/** The shared Redis, when there is one. Type and injection token in one. */
export abstract class RedisConnection {
  abstract readonly client: Redis | undefined;
}
