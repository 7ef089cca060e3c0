import { inSlices } from './in-slices';

describe('work in slices', () => {
  it('keeps the order of the items, and lets others have their turn in between', async () => {
    const items = Array.from({ length: 1_001 }, (_, i) => i);
    let turns = 0;
    const begunAt: number[] = [];
    const others = () => {
      turns++;
      next = setImmediate(others);
    };
    let next = setImmediate(others);
    const doubled = await inSlices(items, (item) => {
      begunAt.push(turns);
      return item * 2;
    });
    clearImmediate(next);
    expect(doubled).toEqual(items.map((item) => item * 2));
    // never more than a slice of them in one turn
    const together = Map.groupBy(begunAt, (turn) => turn);
    expect(Math.max(...Array.from(together.values(), (done) => done.length))).toBeLessThanOrEqual(200);
  });

  it('fails with what a piece of the work threw', async () => {
    const items = Array.from({ length: 500 }, (_, i) => i);
    const failing = inSlices(items, (item) => {
      if (item === 300) throw new Error(`no ${item}`);
    });
    await expect(failing).rejects.toThrow('no 300');
  });
});
