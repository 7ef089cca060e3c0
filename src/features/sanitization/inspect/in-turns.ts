import type { Pace } from './pace';

/** Does work to its end, with breaks where it is long. */
export async function inTurns<T>(work: Generator<void, T>, pace: Pace): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (pace.due) await pace.rest();
  }
}

/** Does it to its end at once. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
