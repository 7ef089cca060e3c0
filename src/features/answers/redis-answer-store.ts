import type { Redis } from 'ioredis';
import type { SealedBox } from '../../platform/secrets/sealed-box';
import { AnswerStore, type AnswerPlace } from './answer-store';

const PURPOSE = 'answers';
const PREFIX = 'gatehouse:answer:';
const DEADLINE_MS = 100;
/** How long nobody asks a Redis that did not answer in time. */
const REST_MS = 1_000;
/** Answers on their way to a Redis that is slow must not pile up here. */
const PENDING_BYTES = 33_554_432;

/**
 * Answers that all processes share, sealed before they leave this one. What Redis does not have, or does not say in time, may
 * still be found among those that this process kept itself.
 */
export class RedisAnswerStore extends AnswerStore {
  private restUntil = 0;
  private pending = 0;

  constructor(
    private readonly redis: Redis,
    private readonly box: SealedBox,
    private readonly own: AnswerStore,
    private readonly clock: () => number = Date.now,
  ) {
    super();
  }

  override async find(place: AnswerPlace): Promise<Buffer | undefined> {
    const sealed = await this.ask(() => this.redis.getBuffer(PREFIX + place.key));
    return (sealed && this.opened(place, sealed)) ?? this.own.find(place);
  }

  override async keep(place: AnswerPlace, answer: Buffer, forMs: number): Promise<void> {
    await this.own.keep(place, answer, forMs);
    if (this.pending + answer.length > PENDING_BYTES) return;
    const sealed = this.box.seal(PURPOSE, place.tenantId, place.key, answer);
    this.pending += answer.length;
    await this.ask(() => this.redis.set(PREFIX + place.key, sealed, 'PX', Math.ceil(forMs)));
    this.pending -= answer.length;
  }

  /** Undefined when Redis does not answer in time. */
  private async ask<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (this.clock() < this.restUntil) return undefined;
    try {
      return await inTime(command());
    } catch {
      this.restUntil = this.clock() + REST_MS;
      return undefined;
    }
  }

  /** What was changed, moved or sealed with another master key was never kept. */
  private opened({ tenantId, key }: AnswerPlace, sealed: Buffer): Buffer | undefined {
    try {
      return this.box.open(PURPOSE, tenantId, key, sealed);
    } catch {
      return undefined;
    }
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Redis did not answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
