import type { QueueOptions } from 'bull';
import type { RedisOptions } from 'ioredis';

export const QUEUE_NAME = 'jobs';
const MAX_RECONNECT_MS = 1_000;

/**
 * How the queue connects: commands fail at once while Redis is away, and whoever waits for tickets waits on.
 * @param prefix of all its keys: gateways that share a Redis must not take each other's tickets
 */
export function bullOptions(url: string, prefix: string): QueueOptions {
  const { hostname, port, username, password, pathname, protocol } = new URL(url);
  const database = Number(pathname.slice(1));
  const redis: RedisOptions = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : 6379,
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(Number.isInteger(database) && database > 0 && { db: database }),
    ...(protocol === 'rediss:' && { tls: {} }),
    connectTimeout: 3_000,
    maxRetriesPerRequest: null,
    enableReadyCheck: false,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), MAX_RECONNECT_MS),
  };
  return { prefix, redis };
}
