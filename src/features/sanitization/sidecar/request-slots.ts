import { DetectorUnavailable } from './detector-unavailable';

/** So many requests at a time in this process, and so many that wait, first come first served. */
export class RequestSlots {
  private inUse = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly limit: number,
    private readonly queue: number,
  ) {}

  /**
   * Whoever entered must `leave` once.
   * @throws DetectorUnavailable when too many wait
   * @throws the reason of `signal` once it is aborted
   */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.inUse < this.limit) this.inUse++;
    else if (this.waiting.size < this.queue) await this.wait(signal);
    else throw new DetectorUnavailable('busy', 'too many texts wait for the detector');
  }

  /** Hands the slot to whoever waits the longest. */
  leave(): void {
    const [next] = this.waiting;
    if (next) next();
    else this.inUse--;
  }

  private wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leaveQueue = (): void => {
        this.waiting.delete(enter);
        signal.removeEventListener('abort', giveUp);
      };
      const enter = (): void => {
        leaveQueue();
        resolve();
      };
      const giveUp = (): void => {
        leaveQueue();
        reject(signal.reason as Error);
      };
      this.waiting.add(enter);
      signal.addEventListener('abort', giveUp);
    });
  }
}
