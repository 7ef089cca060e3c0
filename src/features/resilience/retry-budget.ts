import type { RetryPolicy } from '../../platform/config/policies';
import { RecentMap } from '../../contract/recent-map';

const SLICE_MS = 1_000;
const SLICES = 10;
const KEPT = 1_000;

type Allowance = Pick<RetryPolicy, 'budgetRatio' | 'budgetMinimum'>;

/**
 * Keeps retries from multiplying an outage: over ten seconds a model gets at most so many retries per call. Without it, three
 * attempts each turn a provider that is merely too busy into one with three times the load.
 */
export class RetryBudget {
  private readonly models = new RecentMap<Window>(KEPT);

  /** @param now milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A call was made that is not a retry. */
  called(model: string): void {
    this.current(model).calls++;
  }

  /** Whether a retry may be made now; it then counts as made. */
  allows(model: string, { budgetRatio, budgetMinimum }: Allowance): boolean {
    const slice = this.current(model);
    const { calls, retries } = this.models.get(model)?.sums() ?? { calls: 0, retries: 0 };
    if (retries >= budgetMinimum && retries >= budgetRatio * calls) return false;
    slice.retries++;
    return true;
  }

  private current(model: string): Slice {
    const time = Math.floor(this.now() / SLICE_MS);
    let window = this.models.get(model);
    if (!window?.holds(time)) {
      window ??= new Window();
      // once in each slice is recent enough
      this.models.set(model, window);
    }
    return window.at(time);
  }
}

interface Slice {
  time: number;
  calls: number;
  retries: number;
}

/** The last ten seconds in slices. The slice that is partly older still counts for retries and no longer for calls. */
class Window {
  private readonly slices: Slice[] = [];

  holds(time: number): boolean {
    return this.slices.at(-1)?.time === time;
  }

  at(time: number): Slice {
    const last = this.slices.at(-1);
    if (last?.time === time) return last;
    while (this.slices[0] && this.slices[0].time < time - SLICES) this.slices.shift();
    const slice = { time, calls: 0, retries: 0 };
    this.slices.push(slice);
    return slice;
  }

  sums(): Pick<Slice, 'calls' | 'retries'> {
    const since = (this.slices.at(-1)?.time ?? 0) - SLICES;
    let [calls, retries] = [0, 0];
    for (const slice of this.slices) {
      retries += slice.retries;
      if (slice.time > since) calls += slice.calls;
    }
    return { calls, retries };
  }
}
