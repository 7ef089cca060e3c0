import { FINAL } from './job-row';
import type { JobEvent, JobReader } from './job-reader.store';
import type { JobSignals } from './job-signals.store';

const POLL_MS = 1_000;

interface Follower {
  seen: number;
  readonly wake: () => void;
}

/**
 * Jobs as they go on, for whoever watches: from any process, whichever one works on them. Told at once by signals; what those miss
 * is found by looking, once a second for all watched jobs together.
 */
export class JobFeed {
  private readonly followers = new Map<string, Set<Follower>>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private stopped = false;

  constructor(
    private readonly reader: Pick<JobReader, 'changes' | 'seqs'>,
    signals: Pick<JobSignals, 'on'>,
    private readonly pollMs = POLL_MS,
  ) {
    signals.on((id) => this.followers.get(id)?.forEach(({ wake }) => wake()));
  }

  /** How many are watching. */
  get size(): number {
    let count = 0;
    for (const { size } of this.followers.values()) count += size;
    return count;
  }

  /**
   * The newest state of whatever changed after `after`, then every change as it comes. Ends after the job has, when it is gone, when
   * `signal` is aborted, or when this process ends.
   * @param after the `seq` of the last event that was seen; 0 for everything
   * @throws GatewayError `storage_unavailable`: come again with the last `seq` that was seen
   */
  async *follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<JobEvent, void> {
    let woken = true;
    let wake = (): void => undefined;
    const follower: Follower = {
      seen: after,
      wake: () => {
        woken = true;
        wake();
      },
    };
    this.add(id, follower);
    signal.addEventListener('abort', follower.wake, { once: true });
    try {
      while (!signal.aborted && !this.stopped) {
        if (!woken) await new Promise<void>((resolve) => (wake = resolve));
        woken = false;
        const changes = signal.aborted || this.stopped ? undefined : await this.reader.changes(id, follower.seen);
        if (!changes) return;
        for (const change of changes) {
          follower.seen = change.seq;
          yield change;
        }
        const last = changes.at(-1);
        // there may be more than is handed out at once
        if (last) woken = true;
        if (last?.type === 'status' && FINAL.has(last.job.status)) return;
      }
    } finally {
      signal.removeEventListener('abort', follower.wake);
      this.remove(id, follower);
    }
  }

  /** Nobody is told anything any more: this process ends. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
    this.timer = undefined;
    for (const followers of this.followers.values()) for (const { wake } of followers) wake();
  }

  private add(id: string, follower: Follower): void {
    const followers = this.followers.get(id) ?? new Set();
    this.followers.set(id, followers.add(follower));
    this.timer ??= setInterval(() => void this.look(), this.pollMs).unref();
  }

  private remove(id: string, follower: Follower): void {
    const followers = this.followers.get(id);
    followers?.delete(follower);
    if (!followers?.size) this.followers.delete(id);
    if (this.followers.size) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const seqs = await this.reader.seqs([...this.followers.keys()]);
      for (const [id, followers] of this.followers)
        for (const { seen, wake } of followers) if ((seqs.get(id) ?? Infinity) > seen) wake();
    } catch {
      // the next look finds it
    } finally {
      this.looking = false;
    }
  }
}
