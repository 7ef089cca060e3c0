import { setTimeout as sleep } from 'node:timers/promises';
import type { JobEvent } from '../../features/jobs';
import { eventFrames } from './event-frames';

const PROGRESS: JobEvent = { seq: 2, type: 'progress', progress: 10, stage: 'map' };
const PARTIAL: JobEvent = { seq: 3, type: 'partial', key: 'page 1', value: 'line\n\nbreak', at: new Date(0) };
const framesOf = async (events: AsyncGenerator<JobEvent, void>, withContent = true, silenceMs = 1_000) => {
  const frames: string[] = [];
  for await (const frame of eventFrames(events, 'j1', withContent, silenceMs)) frames.push(frame.toString());
  return frames;
};
// eslint-disable-next-line @typescript-eslint/require-await -- events are asynchronous wherever they come from
async function* each(...events: JobEvent[]): AsyncGenerator<JobEvent, void> {
  yield* events;
}

describe('the stream of a job', () => {
  it('has an id, a name and one line of data for each event', async () => {
    const [first, second] = await framesOf(each(PROGRESS, PARTIAL));
    expect(first).toBe('id: 2\nevent: progress\ndata: {"job_id":"j1","seq":2,"progress":10,"stage":"map"}\n\n');
    expect(second?.split('\n')).toHaveLength(5);
  });

  it('tells no content to whoever may not see it', async () => {
    expect(await framesOf(each(PARTIAL, PROGRESS), false)).toHaveLength(1);
  });

  it('says that it is still there when there is nothing to tell', async () => {
    async function* slow(): AsyncGenerator<JobEvent, void> {
      await sleep(70);
      yield PROGRESS;
    }
    const frames = await framesOf(slow(), true, 20);
    expect(frames[0]).toBe(': still there\n\n');
    expect(frames.at(-1)).toContain('event: progress');
  });
});
