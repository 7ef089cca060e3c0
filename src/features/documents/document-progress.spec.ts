import { DocumentProgress } from './document-progress';

function told() {
  let now = 0;
  const all: { percent: number; stage: string }[] = [];
  const progress = new DocumentProgress({ progress: (percent, stage) => void all.push({ percent, stage }) }, () => now);
  const after = (ms: number): number => {
    now += ms;
    progress.tell();
    return all.at(-1)?.percent ?? -1;
  };
  return { progress, after, all };
}

describe('the progress of a document', () => {
  it('goes on while a part is under way, never at a standstill and never to its end', () => {
    const { progress, after } = told();
    progress.expect(10);
    progress.begin(10);
    let last = 0;
    for (let seconds = 0; seconds < 60; seconds += 2) {
      const percent = after(2_000);
      expect(percent).toBeGreaterThan(last);
      last = percent;
    }
    expect(last).toBeLessThan(88);
    progress.close();
  });

  it('goes on while the document is still being opened', () => {
    const { progress, after } = told();
    const [first, second] = [after(750), after(750)];
    expect([first > 0, second > first, second < 1]).toEqual([true, true, true]);
    progress.expect(2);
    expect(after(0)).toBe(1);
    progress.close();
  });

  it('takes parts that ended as done, and an end that is told twice once', () => {
    const { progress, after } = told();
    progress.expect(10);
    const first = progress.begin(5);
    first();
    first();
    expect(after(0)).toBe(44.5);
    progress.begin(5)();
    expect(after(0)).toBe(88);
    progress.close();
  });

  it('never goes back from round to round of putting together', () => {
    const { progress, after, all } = told();
    progress.expect(1);
    progress.begin(1)();
    for (const batches of [8, 3, 1]) {
      progress.merge(batches);
      for (let i = 0; i < batches; i++) {
        const ended = progress.begin(1);
        after(1_000);
        ended();
      }
    }
    const percents = all.map(({ percent }) => percent);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(99);
    expect(all.at(-1)?.stage).toBe('merge');
    progress.close();
  });
});
