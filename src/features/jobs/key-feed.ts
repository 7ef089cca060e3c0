import type { JobEvent, JobReader } from './job-reader.store';
import type { JobSignals } from './job-signals.store';
import type { RecentJobs } from './recent-jobs.store';

const POLL_MS = 1_000;
/** Many jobs change in one moment: they are looked for together. */
const TOGETHER_MS = 50;
/** What was written at a moment can be read so much later, and clocks differ. */
const BACK_MS = 30_000;

/** A change of one of the jobs. */
export interface KeyEvent {
  readonly jobId: string;
  readonly event: JobEvent;
}

interface Watcher {
  readonly keyId: string;
  /** By job, the number of its last change that was told. */
  readonly seen: Map<string, number>;
  readonly over: Set<string>;
  /** Jobs whose changes are to be read. */
  readonly changed: Set<string>;
  readonly wake: () => void;
}

/** All jobs of a key as they go on: found by looking for what changed lately, for all watched keys together. */
export class KeyFeed {
  private readonly watchers = new Set<Watcher>();
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private lookedAt = 0;
  private stopped = false;

  constructor(
    private readonly reader: Pick<JobReader, 'changes'>,
    private readonly recent: Pick<RecentJobs, 'since' | 'own'>,
    signals: Pick<JobSignals, 'on'>,
    private readonly pollMs = POLL_MS,
  ) {
    signals.on(() => {
      if (this.watchers.size) this.soon ??= setTimeout(() => this.look(), TOGETHER_MS).unref();
    });
  }

  /** How many are watching. */
  get size(): number {
    return this.watchers.size;
  }

  /**
   * Those that are worked on as they are now, then every change of every job of the key. Ends when `signal` is aborted or this process
   * ends.
   * @param known by job, the number of its last change that was seen: told are what came later of these, and jobs that were handed in
   *   after the newest of them
   * @throws GatewayError `storage_unavailable`: come again with what was seen
   */
  async *follow(
    keyId: string,
    known: ReadonlyMap<string, number>,
    signal: AbortSignal,
  ): AsyncGenerator<KeyEvent, void> {
    let wake = (): void => undefined;
    const watcher: Watcher = {
      keyId,
      seen: new Map(),
      over: new Set(),
      changed: new Set(),
      wake: () => wake(),
    };
    const end = (): void => wake();
    signal.addEventListener('abort', end, { once: true });
    try {
      await this.begin(watcher, known);
      this.add(watcher);
      while (!signal.aborted && !this.stopped) {
        const [id] = watcher.changed;
        if (id === undefined) {
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        watcher.changed.delete(id);
        for (const event of await this.changesOf(watcher, id)) yield { jobId: id, event };
      }
    } finally {
      signal.removeEventListener('abort', end);
      this.remove(watcher);
    }
  }

  /** Nobody is told anything any more: this process ends. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
    clearTimeout(this.soon);
    for (const { wake } of this.watchers) wake();
  }

  private async begin(watcher: Watcher, known: ReadonlyMap<string, number>): Promise<void> {
    const { keyId, seen, over, changed } = watcher;
    for (const id of await this.recent.own(keyId, [...known.keys()])) {
      seen.set(id, known.get(id) as number);
      changed.add(id);
    }
    const newest = [...seen.keys()].sort().at(-1);
    // others may have been handed in a little before that one and come to light after it
    const from = newest === undefined ? Date.now() : timeOf(newest);
    const before = new Date(Math.min(from, Date.now()) - BACK_MS);
    for (const job of await this.recent.since([keyId], before)) {
      if (seen.has(job.id)) continue;
      const isNews = newest !== undefined && timeOf(job.id) >= from - BACK_MS;
      if (!job.over || isNews) changed.add(job.id);
      // it was over before anybody looked
      else seen.set(job.id, job.seq);
      if (job.over) over.add(job.id);
    }
  }

  private async changesOf({ seen, changed }: Watcher, id: string): Promise<readonly JobEvent[]> {
    const changes = await this.reader.changes(id, seen.get(id) ?? 0);
    const last = changes?.at(-1);
    if (!last) return [];
    seen.set(id, last.seq);
    // there may be more than is handed out at once
    changed.add(id);
    return changes ?? [];
  }

  private add(watcher: Watcher): void {
    this.watchers.add(watcher);
    this.timer ??= setInterval(() => this.look(), this.pollMs).unref();
    this.look();
  }

  private remove(watcher: Watcher): void {
    this.watchers.delete(watcher);
    if (this.watchers.size) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.lookedAt = 0;
  }

  private look(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    this.looking ??= this.lookNow().finally(() => (this.looking = undefined));
  }

  private async lookNow(): Promise<void> {
    const watchers = [...this.watchers];
    const now = Date.now();
    const since = new Date((this.lookedAt || now) - BACK_MS);
    try {
      const jobs = await this.recent.since([...new Set(watchers.map(({ keyId }) => keyId))], since);
      this.lookedAt = now;
      const found = new Set(jobs.map(({ id }) => id));
      for (const watcher of watchers) {
        for (const job of jobs) if (job.keyId === watcher.keyId) note(watcher, job);
        // what ended long ago is not found again
        for (const id of watcher.over) if (!found.has(id) && !watcher.changed.has(id)) forget(watcher, id);
        if (watcher.changed.size) watcher.wake();
      }
    } catch {
      // the next look finds it
    }
  }
}

function note(
  { seen, over, changed }: Watcher,
  { id, seq, over: isOver }: Awaited<ReturnType<RecentJobs['since']>>[number],
) {
  if (isOver) over.add(id);
  if (seq > (seen.get(id) ?? 0)) changed.add(id);
}

function forget({ seen, over }: Watcher, id: string): void {
  over.delete(id);
  seen.delete(id);
}

/** When an id was made, in milliseconds since the epoch. */
function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
