import type { ChainableCommander, Redis } from 'ioredis';
import type { Purge } from './answer-store';
import type { MemoryAnswerStore } from './memory-answer-store';
import { inTime } from './similar/resting-redis';

/** What an answer is called there, before its key. */
export const ANSWER = 'gatehouse:answer:';
const INDEX = 'gatehouse:answers:';
/** Purges in their order: each a number and what was purged. */
const LOG = 'gatehouse:answer-purges';
const COUNTER = 'gatehouse:answer-purge';
const LOGGED = 1_000;
const LOGGED_MS = 7 * 86_400_000;
/** Keys that are read, and removed, at a time. */
const PAGE = 500;
const DEADLINE_MS = 10_000;

interface Logged extends Purge {
  readonly at: number;
}

/** Which shared answers have which label, and what was purged, for the memories of all processes. */
export class RedisPurges {
  /** The last purge that this process knows of; undefined until it has looked. */
  private seen: number | undefined;
  /** Purges of this process that are still to be seen in the log: it has done them, and what it keeps since then stays. */
  private readonly announced = new Set<number>();

  constructor(
    private readonly redis: Redis,
    private readonly own: Pick<MemoryAnswerStore, 'purge' | 'clear'>,
  ) {}

  /** Adds what files an answer under its labels. An index holds what is still kept, and ends with the last of it. */
  index(
    commands: ChainableCommander,
    key: string,
    labels: readonly string[],
    expiresAt: number,
    forMs: number,
  ): ChainableCommander {
    const ms = Math.ceil(forMs);
    for (const label of labels) {
      const name = INDEX + label;
      commands.zadd(name, expiresAt, key).zremrangebyscore(name, 0, expiresAt - ms);
      commands.pexpire(name, ms, 'NX').pexpire(name, ms, 'GT');
    }
    return commands;
  }

  /** @returns the keys of what was removed @throws when Redis does not do it in time */
  async purge({ tenantId, label }: Purge, at: number): Promise<ReadonlySet<string>> {
    const logged = JSON.stringify({ tenantId, label, at } satisfies Logged);
    const number = await inTime(this.redis.eval(ANNOUNCE, 2, COUNTER, LOG, logged, LOGGED, LOGGED_MS), DEADLINE_MS);
    this.announced.add(Number(number));
    const gone = new Set<string>();
    for (;;) {
      const keys = await inTime(this.redis.zrange(INDEX + label, 0, PAGE - 1), DEADLINE_MS);
      if (!keys.length) return gone;
      for (const key of await this.remove(keys)) gone.add(key);
      await inTime(this.redis.zrem(INDEX + label, ...keys), DEADLINE_MS);
    }
  }

  /** Drops what others purged. What cannot be known any more is taken for everything. @throws when Redis does not answer in time */
  async follow(): Promise<void> {
    const newest = Number((await inTime(this.redis.get(COUNTER), DEADLINE_MS)) ?? 0);
    const seen = (this.seen ??= newest);
    if (seen === newest) return;
    const rows = seen < newest ? await inTime(this.redis.zrangebyscore(LOG, `(${seen}`, newest), DEADLINE_MS) : [];
    if (rows.length < newest - seen || newest < seen) {
      // the log was cut, or is another one, in which the same numbers stand for other purges
      this.own.clear();
      this.announced.clear();
    } else for (const row of rows) await this.drop(row);
    for (const number of this.announced) if (number <= newest) this.announced.delete(number);
    this.seen = newest;
  }

  private async drop(row: string): Promise<void> {
    const space = row.indexOf(' ');
    if (this.announced.has(Number(row.slice(0, space)))) return;
    const { at, ...which } = JSON.parse(row.slice(space + 1)) as Logged;
    const gone = await this.own.purge(which, at);
    // what this process kept before it knew
    if (gone.size) await this.remove([...gone]);
  }

  /** @returns those that were there */
  private async remove(keys: readonly string[]): Promise<readonly string[]> {
    const commands = this.redis.pipeline();
    for (const key of keys) commands.unlink(ANSWER + key);
    const results = (await inTime(commands.exec(), DEADLINE_MS)) ?? [];
    const [failure] = results.find(([error]) => error) ?? [];
    if (failure) throw failure;
    return keys.filter((_, i) => results[i]?.[1]);
  }
}

/** Number and announcement in one step: whoever sees the number finds what it stands for. */
const ANNOUNCE = `
  local n = redis.call('incr', KEYS[1])
  redis.call('zadd', KEYS[2], n, n .. ' ' .. ARGV[1])
  redis.call('zremrangebyrank', KEYS[2], 0, -ARGV[2] - 1)
  redis.call('pexpire', KEYS[2], ARGV[3])
  redis.call('pexpire', KEYS[1], ARGV[3])
  return n`;
