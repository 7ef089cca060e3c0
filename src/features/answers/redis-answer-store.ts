import type { Redis } from 'ioredis';
import type { SealedBox } from '../../platform/secrets/sealed-box';
import { type AnswerPlace, AnswerStore, type Purge, UNLABELLED } from './answer-store';
import { type LabelledBytes, packed, unpacked } from './labelled-bytes';
import type { MemoryAnswerStore } from './memory-answer-store';
import { ANSWER, RedisPurges } from './redis-purges';
import { RestingRedis } from './similar/resting-redis';

const PURPOSE = 'answers';
/** How long what this process has is taken for what all share. */
const TRUSTED_MS = 1_000;
const TRUSTED = 20_000;
/** Answers on their way to a Redis that is slow must not pile up here. */
const PENDING_BYTES = 33_554_432;

/**
 * Answers that all processes share, sealed before they leave this one. What Redis does not have, or does not say in time, may
 * still be found among those that this process kept itself; what it said within the last second it is not asked again.
 */
export class RedisAnswerStore extends AnswerStore {
  private readonly redis: RestingRedis;
  private readonly purges: RedisPurges;
  /** Until when, by key. */
  private readonly trusted = new Map<string, number>();
  private pending = 0;

  constructor(
    redis: Redis,
    private readonly box: SealedBox,
    private readonly own: MemoryAnswerStore,
    private readonly clock: () => number = Date.now,
  ) {
    super();
    this.redis = new RestingRedis(redis, clock);
    this.purges = new RedisPurges(redis, own);
  }

  override async find(place: AnswerPlace): Promise<Buffer | undefined> {
    if ((this.trusted.get(place.key) ?? 0) > this.clock()) {
      const answer = await this.own.find(place);
      if (answer) return answer;
    }
    const sealed = await this.redis.ask((redis) => redis.getBuffer(ANSWER + place.key));
    const found = sealed ? this.opened(place, sealed) : undefined;
    if (!found) return this.own.find(place);
    await this.learn(place, found);
    return found.answer;
  }

  override async keep(place: AnswerPlace, answer: Buffer, forMs: number, origin = UNLABELLED): Promise<void> {
    const { tenantId, key } = place;
    await this.own.keep(place, answer, forMs, origin);
    this.trust(key);
    if (this.own.isBarred(tenantId, origin) || this.pending + answer.length > PENDING_BYTES) return;
    const { labels, askedAt } = origin;
    const expiresAt = this.clock() + Math.ceil(forMs);
    const sealed = this.box.seal(PURPOSE, tenantId, key, packed({ labels, expiresAt, askedAt, answer }));
    this.pending += answer.length;
    await this.redis.ask((redis) => {
      const commands = redis.pipeline().set(ANSWER + key, sealed, 'PX', Math.ceil(forMs));
      return this.purges.index(commands, key, labels, expiresAt, forMs).exec();
    });
    this.pending -= answer.length;
  }

  override async purge(which: Purge): Promise<ReadonlySet<string>> {
    const own = await this.own.purge(which);
    const shared = await this.purges.purge(which, this.clock());
    return new Set([...own, ...shared]);
  }

  /** Drops what other processes purged since the last time. */
  async follow(): Promise<void> {
    await this.purges.follow();
  }

  private async learn(place: AnswerPlace, { answer, expiresAt, ...origin }: LabelledBytes): Promise<void> {
    await this.own.keep(place, answer, expiresAt - this.clock(), origin);
    this.trust(place.key);
  }

  private trust(key: string): void {
    if (this.trusted.size >= TRUSTED) this.trusted.clear();
    this.trusted.set(key, this.clock() + TRUSTED_MS);
  }

  /** What was changed, moved or sealed with another master key, and what was purged meanwhile, was never kept. */
  private opened({ tenantId, key }: AnswerPlace, sealed: Buffer): LabelledBytes | undefined {
    try {
      const found = unpacked(this.box.open(PURPOSE, tenantId, key, sealed));
      return this.own.isBarred(tenantId, found) ? undefined : found;
    } catch {
      return undefined;
    }
  }
}
