import { endOfTurn } from '../../../../contract/end-of-turn';
import { GatewayError } from '../../../../contract/errors';
import { AuditLog, type Draft, type Receipt } from '../../audit-log';
import type { Troubles } from '../troubles';
import { AppendQueue, type Group, type QueueBounds, type ReadyEntry } from './append-queue';
import { type Batch, ContradictionError, type Device, type Placed } from './batch';
import type { EntryMaker } from './entry-maker';
import type { Lane } from './lane';
import { Losses } from './losses';
import { within } from './within';

const AWAY_MS = 500;
const BATCH_ENTRIES = 256;
const BATCH_BYTES = 4_194_304;
/** More than this the database takes in no batch. */
const MOST_TOGETHER = 1_000;
const MOST_BYTES = 100_000_000;
/** Of the room in the line, for entries that may be lost: they do not keep out those that may not. */
const RELAXED_SHARE = 0.5;

export interface AppenderParts {
  readonly maker: EntryMaker;
  readonly lane: Lane;
  readonly device: Device;
  readonly troubles: Troubles;
  readonly bounds: QueueBounds;
  /** How long `append` waits. */
  readonly appendMs: number;
  /** The database is known not to answer. */
  readonly away: () => boolean;
  readonly onAppended?: (appended: { ms: number; n: number }) => void;
  /** A batch stands there; the leaf is that of its first entry. */
  readonly onPlaced?: (firstIndex: number, leaf: Buffer, n: number) => void;
  readonly onRefused?: (reason: 'full' | 'late' | 'stopped' | 'keys') => void;
  readonly onLost?: () => void;
}

/** From when and until when somebody waits; of the monotonic clock. */
interface Wait {
  readonly since: number;
  readonly until: number;
}

interface Flight {
  readonly groups: readonly Group[];
  readonly batch: Batch;
  readonly written: Promise<Placed | undefined>;
}

/**
 * Writes entries in groups: what arrives while one batch is in flight is the next one. No timer waits for a batch to fill.
 * What is in line stays there when those who wait for it give up.
 */
export class Appender extends AuditLog {
  private readonly queue: AppendQueue;
  private readonly losses = new Losses();
  private running: Promise<void> | undefined;
  /** Entries that are not made yet. */
  private pending = 0;
  private readonly awaited = new Set<Promise<unknown>>();
  private end = 0;
  private closed = false;

  constructor(private readonly parts: AppenderParts) {
    super();
    this.queue = new AppendQueue(parts.bounds);
  }

  /** Entries that are not durable yet. */
  get depth(): number {
    return this.queue.depth + this.pending;
  }

  override append(...drafts: readonly [Draft, ...Draft[]]): Promise<readonly Receipt[]> {
    const { troubles } = this.parts;
    if (troubles.reason !== undefined && !this.parts.away()) return this.refuse('stopped', new Error(troubles.reason));
    return this.write(drafts);
  }

  /** As `append`, also while calls are refused: entries of the log about itself. */
  write(drafts: readonly Draft[]): Promise<readonly Receipt[]> {
    if (drafts.length > MOST_TOGETHER || !this.queue.hasRoom(this.pending + drafts.length, 0))
      return this.refuse('full', new Error(`${this.depth} entries are waiting`));
    const now = performance.now();
    return this.make(drafts, { since: now, until: now + this.patience() });
  }

  private async make(drafts: readonly Draft[], wait: Wait): Promise<readonly Receipt[]> {
    this.pending += drafts.length;
    await endOfTurn();
    this.pending -= drafts.length;
    const { stopped } = this.parts.troubles;
    if (this.closed || stopped !== undefined) return this.refuse('stopped', new Error(stopped ?? 'shutting down'));
    let made: (ReadyEntry | Promise<ReadyEntry>)[];
    try {
      made = drafts.map((draft) => this.parts.maker.make(draft));
    } catch (error) {
      return this.refuse('keys', error as Error);
    }
    return made.every((entry) => !(entry instanceof Promise))
      ? this.add(drafts, made as ReadyEntry[], wait)
      : this.addLater(drafts, made, wait);
  }

  override enqueue(draft: Draft): void {
    const lost = () => {
      this.losses.add(draft);
      this.parts.onLost?.();
    };
    if (this.closed || this.parts.troubles.stopped !== undefined || !this.hasRoomForRelaxed(0)) return lost();
    const add = (entry: ReadyEntry) => {
      const bytes = bytesOf(entry);
      if (this.closed || !this.hasRoomForRelaxed(bytes)) return lost();
      this.line({ entries: [entry], bytes, done: () => undefined, failed: lost });
    };
    try {
      const made = this.parts.maker.make(draft);
      if (!(made instanceof Promise)) return add(made);
      this.pending++;
      void this.untilReady(made.finally(() => this.pending--).then(add, lost));
    } catch {
      lost();
    }
  }

  override trouble(): string | undefined {
    return this.parts.troubles.reason;
  }

  /** The number of the batch that is made next. */
  get nextLane(): number {
    return this.parts.lane.number + 1;
  }

  /** Waits for what is in line, at most `deadlineMs`. @returns whether nothing is left */
  async drain(deadlineMs: number): Promise<boolean> {
    const until = performance.now() + deadlineMs;
    for (let work = this.work(); work && performance.now() < until; work = this.work())
      await within(until - performance.now(), work).catch(() => undefined);
    return this.work() === undefined;
  }

  /** Whoever still waits is refused. */
  close(): void {
    this.closed = true;
    this.fail(new Error('shutting down'));
  }

  private work(): Promise<unknown> | undefined {
    return this.running ?? this.awaited.values().next().value ?? (this.pending ? endOfTurn() : undefined);
  }

  private patience(): number {
    const { appendMs, away } = this.parts;
    return away() ? Math.min(appendMs, AWAY_MS) : appendMs;
  }

  private async addLater(
    drafts: readonly Draft[],
    made: readonly (ReadyEntry | Promise<ReadyEntry>)[],
    wait: Wait,
  ): Promise<readonly Receipt[]> {
    this.pending += made.length;
    let durable: Promise<readonly Receipt[]>;
    try {
      const ready = await this.untilReady(
        within(wait.until - performance.now(), Promise.all(made.map(async (entry) => entry))),
      );
      durable = this.add(drafts, ready, wait);
    } catch (error) {
      durable = this.refuse('keys', error as Error);
    } finally {
      this.pending -= made.length;
    }
    return durable;
  }

  private untilReady<T>(work: Promise<T>): Promise<T> {
    const settled = work.finally(() => this.awaited.delete(settled));
    this.awaited.add(settled);
    return settled;
  }

  private add(
    drafts: readonly Draft[],
    entries: readonly ReadyEntry[],
    { since, until }: Wait,
  ): Promise<readonly Receipt[]> {
    const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
    if (bytes > MOST_BYTES || !this.queue.hasRoom(entries.length, bytes))
      return this.refuse('full', new Error(`${this.queue.bytes} bytes are waiting`));
    return new Promise((resolve, reject) => {
      let expired = false;
      const expire = () => {
        expired = true;
        this.parts.onRefused?.('late');
        reject(unavailable(new Error('not durable in time')));
      };
      const timer = setTimeout(expire, Math.max(1, until - performance.now()));
      this.line({
        entries,
        bytes,
        done: (firstIndex) => {
          clearTimeout(timer);
          this.parts.onAppended?.({ ms: performance.now() - since, n: entries.length });
          if (expired) this.addLate(drafts, entries);
          else
            resolve(
              entries.map((entry, i) => this.receipt(entry, firstIndex === undefined ? undefined : firstIndex + i)),
            );
        },
        failed: (error) => {
          clearTimeout(timer);
          reject(unavailable(error));
        },
      });
    });
  }

  /** Whoever waited for them was refused; what they say of that belongs to the log. */
  private addLate(drafts: readonly Draft[], entries: readonly ReadyEntry[]): void {
    drafts.forEach((draft, i) => {
      if (!draft.late) return;
      const { facts, ...rest } = draft.late();
      const parent = (entries[i] as ReadyEntry).id;
      this.write([{ ...rest, facts: { ...facts, parent } }]).catch(() => this.losses.add(draft));
    });
  }

  private receipt({ id }: ReadyEntry, index: number | undefined): Receipt {
    return { log: this.parts.maker.origin, entryId: id, ...(index !== undefined && { index }) };
  }

  private line(group: Group): void {
    this.queue.add(group);
    this.running ??= this.run();
  }

  private async run(): Promise<void> {
    for (;;) {
      // let everything that was made at this end of a turn join the batch
      await Promise.resolve();
      const flight = this.begin();
      const landed = flight && (await this.land(flight));
      if (!landed) break;
      this.tell(flight.groups, landed.firstIndex);
      if (this.losses.any) void this.losses.tell((draft) => this.write([draft]));
      // the more a process has to do, the longer its turns and the larger its batches: fewer of them cost less than the wait
      await endOfTurn();
    }
    this.running = undefined;
  }

  private next(): Group[] {
    return this.queue.take(BATCH_ENTRIES, BATCH_BYTES);
  }

  /** Undefined when nobody waits. */
  private begin(): Flight | undefined {
    const groups = this.closed ? [] : this.next();
    if (!groups.length) return undefined;
    const batch = this.parts.lane.next(groups.flatMap(({ entries }) => entries));
    return { groups, batch, written: this.parts.device.write(batch) };
  }

  /** @returns nothing when no batch may follow */
  private async land({ groups, batch, written }: Flight): Promise<{ firstIndex: number | undefined } | undefined> {
    try {
      const placed = await written;
      if (!placed) return { firstIndex: undefined };
      this.place(batch, placed);
      const leaf = groups[0]?.entries[0]?.leaf;
      if (leaf) this.parts.onPlaced?.(placed.firstIndex, leaf, batch.n);
      return placed;
    } catch (error) {
      if (error instanceof ContradictionError) this.parts.troubles.stop(error.message);
      for (const { failed } of groups) failed(error as Error);
      this.fail(error as Error);
      return undefined;
    }
  }

  private tell(groups: readonly Group[], firstIndex: number | undefined): void {
    let index = firstIndex;
    for (const { entries, done } of groups) {
      done(index);
      if (index !== undefined) index += entries.length;
    }
  }

  /** @throws ContradictionError when the batch stands where something else already was */
  place(batch: Batch, { firstIndex }: Placed): void {
    const floor = Math.max(this.end, batch.floor);
    if (!Number.isSafeInteger(firstIndex) || firstIndex < floor)
      throw new ContradictionError(
        `An entry was placed at ${firstIndex}, although the log already had ${floor} entries: the database lost some, or is another one`,
      );
    this.end = firstIndex + batch.n;
  }

  private fail(error: Error): void {
    for (let groups = this.next(); groups.length; groups = this.next()) for (const { failed } of groups) failed(error);
  }

  private hasRoomForRelaxed(bytes: number): boolean {
    return this.queue.hasRoom(this.pending + 1, bytes, RELAXED_SHARE);
  }

  private refuse(reason: 'full' | 'late' | 'stopped' | 'keys', cause: Error): Promise<never> {
    this.parts.onRefused?.(reason);
    return Promise.reject(unavailable(cause));
  }
}

const bytesOf = ({ text, ciphertext }: ReadyEntry): number => text.length + (ciphertext?.length ?? 0);

function unavailable(cause: Error): GatewayError {
  return new GatewayError('audit_unavailable', 'The call cannot be recorded now', { retryAfter: 2, cause });
}
