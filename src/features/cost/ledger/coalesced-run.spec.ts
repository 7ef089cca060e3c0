import { CoalescedRun } from './coalesced-run';

const turn = () => new Promise((done) => setImmediate(done));

describe('a coalesced run', () => {
  let begun: number;
  let end: ((error?: Error) => void)[];
  let run: CoalescedRun;
  beforeEach(() => {
    begun = 0;
    end = [];
    run = new CoalescedRun(() => {
      begun++;
      return new Promise((done, failed) => end.push((error) => (error ? failed(error) : done())));
    });
  });

  it('is one for all who asked while another was under way, and begins after it', async () => {
    const first = run.run();
    const late = [run.run(), run.run(), run.run()];
    expect(begun).toBe(1);
    end[0]?.();
    await first;
    await turn();
    expect(begun).toBe(2);
    end[1]?.();
    await Promise.all(late);
    expect(run.busy).toBe(false);
  });

  it('that fails is the failure of those who asked for it alone', async () => {
    const first = run.run();
    const next = run.run();
    end[0]?.(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await turn();
    end[1]?.();
    await expect(next).resolves.toBeUndefined();
    expect(begun).toBe(2);
  });

  it('may be asked for from within what follows one', async () => {
    const first = run.run();
    const second = run.run();
    end[0]?.();
    await first;
    await turn();
    const third = run.run();
    end[1]?.();
    await second;
    await turn();
    end[2]?.();
    await third;
    expect(begun).toBe(3);
  });
});
