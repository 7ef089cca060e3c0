import type { Redis } from 'ioredis';

const DEADLINE_MS = 100;
/** How long nobody asks a Redis that did not answer in time. */
const REST_MS = 1_000;

/** A Redis that is left alone for a while when it does not answer in time. */
export class RestingRedis {
  private restUntil = 0;

  constructor(
    readonly client: Redis,
    private readonly clock: () => number = Date.now,
    private readonly deadlineMs = DEADLINE_MS,
  ) {}

  /** Undefined when Redis rests or does not answer in time. */
  async ask<T>(command: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    if (this.clock() < this.restUntil) return undefined;
    try {
      return await inTime(command(this.client), this.deadlineMs);
    } catch {
      this.restUntil = this.clock() + REST_MS;
      return undefined;
    }
  }
}

export function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`Redis did not answer within ${ms} ms`));
    // a process that was busy may have the answer already: what has arrived is read first
    const timer = setTimeout(() => setImmediate(late), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
