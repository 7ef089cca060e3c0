import type { Redis } from 'ioredis';
import { inTime, RestingRedis } from './resting-redis';
import type { MemoryVectorIndex } from './memory-vector-index';
import type { SealedQuestions } from './sealed-question';
import { type Bucket, type Forgotten, isMeant, type Neighbour, type Remembered, VectorIndex } from './vector-index';

const PREFIX = 'gatehouse:similar:';
/** Questions that are read at a time. */
const PAGE = 200;
const PAGES = 5;
const FORGET_MS = 10_000;
/** Streams, and tenants, that this process follows at the same time. */
const FOLLOWED = 10_000;
const DAY_MS = 86_400_000;

type Row = [id: Buffer, fields: Buffer[]];

/**
 * Questions that all processes share: each family is a Redis stream of sealed questions, which every process follows into its own
 * memory and searches there. So Redis needs no module, and never sees a word or a vector. An epoch for each tenant, raised whenever something is
 * forgotten, makes every process drop that tenant's questions and read again.
 */
export class RedisVectorIndex extends VectorIndex {
  private readonly redis: RestingRedis;
  /** By stream: what was read last. */
  private readonly after = new Map<string, string>();
  /** By tenant, as it was when this process began to read its streams. */
  private readonly epochs = new Map<string, string>();

  constructor(
    redis: Redis,
    private readonly sealed: SealedQuestions,
    private readonly own: MemoryVectorIndex,
    private readonly perFamily = 10_000,
    private readonly clock: () => number = Date.now,
  ) {
    super();
    this.redis = new RestingRedis(redis, clock);
  }

  override async add(bucket: Bucket, question: Remembered): Promise<void> {
    await this.own.add(bucket, question);
    const { tenantId } = bucket;
    const stream = streamOf(bucket);
    const { key, subject = '' } = question;
    const bytes = this.sealed.seal(tenantId, placeOf(stream, key, subject), question);
    const forMs = Math.max(1, Math.ceil(question.expiresAt - this.clock()));
    await this.redis.ask((redis) =>
      redis
        .pipeline()
        .xadd(stream, 'MAXLEN', '~', this.perFamily, '*', 'k', key, 'u', subject, 'q', bytes)
        .pexpire(stream, forMs)
        .sadd(streamsOf(tenantId), stream)
        .pexpire(streamsOf(tenantId), Math.max(forMs, DAY_MS))
        .exec(),
    );
  }

  override async nearest(
    bucket: Bucket,
    vector: Int8Array,
    most: number,
    atLeast: number,
  ): Promise<readonly Neighbour[]> {
    await this.follow(bucket);
    return this.own.nearest(bucket, vector, most, atLeast);
  }

  override async forget(which: Forgotten): Promise<void> {
    const { tenantId } = which;
    await this.own.forget(which);
    const redis = this.redis.client;
    const streams = await inTime(redis.smembers(streamsOf(tenantId)), FORGET_MS);
    for (const stream of streams) await this.forgetIn(stream, which);
    await inTime(redis.incr(epochOf(tenantId)), FORGET_MS);
  }

  /** Reads what others added since the last time. What is not read in time is read the next time. */
  private async follow(bucket: Bucket): Promise<void> {
    const { tenantId } = bucket;
    const stream = streamOf(bucket);
    for (let page = 0; page < PAGES; page++) {
      const after = this.after.get(stream);
      const read = await this.redis.ask(async (redis) => {
        const [epoch, rows] = await Promise.all([
          redis.get(epochOf(tenantId)),
          redis.xrangeBuffer(stream, after === undefined ? '-' : `(${after}`, '+', 'COUNT', PAGE),
        ]);
        return { epoch: epoch ?? '', rows: rows as unknown as Row[] };
      });
      if (!read) return;
      if (this.epochs.get(tenantId) !== read.epoch) {
        await this.startOver(tenantId);
        remember(this.epochs, tenantId, read.epoch);
        continue;
      }
      await this.take(bucket, stream, read.rows);
      const last = read.rows.at(-1)?.[0].toString();
      if (last !== undefined) remember(this.after, stream, last);
      if (read.rows.length < PAGE) return;
    }
  }

  private async take(bucket: Bucket, stream: string, rows: readonly Row[]): Promise<void> {
    for (const [, fields] of rows) {
      const [, key = '', , subject = '', , sealed] = fields.map((field, i) => (i === 5 ? field : field.toString()));
      if (typeof key !== 'string' || typeof subject !== 'string' || !Buffer.isBuffer(sealed)) continue;
      const place = placeOf(stream, key, subject);
      const question = this.sealed.open(bucket.tenantId, place, { key, subject: subject || undefined, sealed });
      if (question && question.expiresAt > this.clock()) await this.own.add(bucket, question);
    }
  }

  private async startOver(tenantId: string): Promise<void> {
    await this.own.forget({ tenantId });
    const prefix = streamOf({ tenantId, family: '' });
    for (const stream of this.after.keys()) if (stream.startsWith(prefix)) this.after.delete(stream);
  }

  private async forgetIn(stream: string, which: Forgotten): Promise<void> {
    const redis = this.redis.client;
    for (let from = '-'; ;) {
      const rows = await inTime(redis.xrange(stream, from, '+', 'COUNT', PAGE), FORGET_MS);
      const meant = rows.filter(([, [, key = '', , subject]]) => isMeant(which, { key, ...(subject && { subject }) }));
      if (meant.length) await inTime(redis.xdel(stream, ...meant.map(([id]) => id)), FORGET_MS);
      const last = rows.at(-1)?.[0];
      if (last === undefined || rows.length < PAGE) return;
      from = `(${last}`;
    }
  }
}

/** What was remembered first is given up when there is too much: it is read anew then. */
function remember(places: Map<string, string>, name: string, value: string): void {
  if (!places.has(name) && places.size >= FOLLOWED)
    for (const first of places.keys()) {
      places.delete(first);
      break;
    }
  places.set(name, value);
}

const streamOf = ({ tenantId, family }: Bucket) => `${PREFIX}${tenantId}:${family}`;
const streamsOf = (tenantId: string) => `${PREFIX}families:${tenantId}`;
const epochOf = (tenantId: string) => `${PREFIX}epoch:${tenantId}`;
const placeOf = (stream: string, key: string, subject: string) => `${stream} ${key} ${subject}`;
