import { type Backlog, Backlogs, secondsToStart, usualSeconds } from './backlog.store';
import type { JobsDatabase } from './jobs-database.store';

const backlog = (more: Partial<Backlog>): Backlog => ({
  queued: 0,
  due: 0,
  running: 0,
  slots: 4,
  byTenant: new Map(),
  secondsByType: new Map([['completion', 2]]),
  ...more,
});

describe('the backlog', () => {
  it.each([
    [{ running: 3 }, 0],
    [{ running: 4 }, 0.5],
    [{ due: 39, running: 4 }, 20],
    [{ due: 9, running: 4, slots: 0 }, 20],
    [{ due: 3, running: 4, secondsByType: new Map() }, 5],
  ])('with %j says when a job begins', (more, seconds) => {
    expect(secondsToStart(backlog(more))).toBe(seconds);
  });

  it('says how long a job takes as far as it knows', () => {
    expect([usualSeconds(backlog({}), 'completion'), usualSeconds(backlog({}), 'document')]).toEqual([2, 5]);
  });

  it('is asked for once a second, and counts what came since', async () => {
    let [now, reads, waiting] = [10_000, 0, 5];
    const query = (text: string) => {
      const counts = text.includes("'queued'");
      if (counts) reads++;
      return Promise.resolve({ rows: counts ? [{ tenant_id: 't', all: waiting, due: waiting }] : [] });
    };
    const backlogs = new Backlogs({ query } as unknown as JobsDatabase, () => now);
    await Promise.all([backlogs.now(), backlogs.now()]);
    backlogs.add('t');
    backlogs.add('t');
    backlogs.add('u');
    expect([await backlogs.waiting('t'), await backlogs.waiting('u')]).toEqual([
      { own: 7, all: 8 },
      { own: 1, all: 8 },
    ]);
    expect(reads).toBe(1);
    now += 1_000;
    waiting = 7;
    expect(await backlogs.waiting('t')).toEqual({ own: 7, all: 7 });
    expect(reads).toBe(2);
  });
});
