import { ProgressReport } from './progress-report';

describe('progress', () => {
  const written: [number, string][] = [];
  const report = (from = 0) => {
    written.length = 0;
    return new ProgressReport(from, (percent, stage) => Promise.resolve(void written.push([percent, stage])));
  };
  const sleep = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is written after a moment, then at most every half second, the newest of it', async () => {
    const progress = report();
    for (let i = 1; i <= 10; i++) progress.add(i, 'map');
    await sleep(50);
    // what lasts no longer is not worth a word
    expect(written).toEqual([]);
    await sleep(80);
    for (let i = 11; i <= 40; i++) progress.add(i, 'map');
    await sleep(100);
    expect(written).toEqual([[10, 'map']]);
    await sleep(500);
    expect(written).toEqual([
      [10, 'map'],
      [40, 'map'],
    ]);
    progress.close();
  });

  it('never goes back, nor beyond its end, and is not written twice', async () => {
    const progress = report(50);
    progress.add(30, 'merge');
    await sleep(20);
    progress.add(20, 'merge');
    progress.add(Number.NaN, 'merge');
    await sleep(550);
    expect(written).toEqual([[50, 'merge']]);
    progress.add(1_000, 'x'.repeat(500));
    await sleep(130);
    expect(written.at(-1)).toEqual([100, 'x'.repeat(100)]);
    progress.close();
  });

  it('is not written after the end', async () => {
    const progress = report();
    progress.add(10, 'map');
    progress.close();
    progress.add(20, 'map');
    await sleep(150);
    expect(written).toEqual([]);
  });

  it('goes on when it could not be written', async () => {
    let fails = true;
    const seen: number[] = [];
    const progress = new ProgressReport(0, (percent) => {
      if (fails) return Promise.reject(new Error('away'));
      return Promise.resolve(void seen.push(percent));
    });
    progress.add(10, 'map');
    await sleep(130);
    fails = false;
    progress.add(20, 'map');
    await sleep(550);
    expect(seen).toEqual([20]);
    progress.close();
  });
});
