import type { JobEvent } from '../../features/jobs';
import { eventData } from './job-views';

/** A connection on which nothing was said for so long is taken for dead by somebody on its way. */
const SILENCE_MS = 15_000;
const STILL_THERE = Buffer.from(': still there\n\n');

/**
 * Events as frames of a server-sent stream; a comment where there is nothing to tell for long.
 * @param withContent partial results are for whoever handed the job in
 */
export async function* eventFrames(
  events: AsyncGenerator<JobEvent, void>,
  jobId: string,
  withContent: boolean,
  silenceMs = SILENCE_MS,
): AsyncGenerator<Buffer> {
  let next = events.next();
  try {
    for (;;) {
      const result = await orSilence(next, silenceMs);
      if (result === undefined) {
        yield STILL_THERE;
        continue;
      }
      if (result.done) return;
      next = events.next();
      // whoever stops reading never asks for it
      next.catch(() => undefined);
      const event = result.value;
      if (event.type === 'partial' && !withContent) continue;
      yield Buffer.from(`id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(eventData(event, jobId))}\n\n`);
    }
  } finally {
    await events.return();
  }
}

async function orSilence<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
