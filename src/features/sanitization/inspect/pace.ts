import { setImmediate } from 'node:timers/promises';

/** How long other calls wait at most for one that is being read. */
const STRETCH_MS = 8;

/** Lets others have their turn while something long is read. */
export class Pace {
  private since = performance.now();

  /** Whether it is time for a break. */
  get due(): boolean {
    return performance.now() - this.since > STRETCH_MS;
  }

  async rest(): Promise<void> {
    await setImmediate();
    this.since = performance.now();
  }
}
