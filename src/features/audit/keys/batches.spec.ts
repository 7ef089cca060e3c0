import { Batches, BatchesFullError } from './batches';

describe('Batches', () => {
  it('does what comes in one turn, or while others are under way, at once', async () => {
    const sizes: number[] = [];
    const batches = new Batches<number, number>(async (items) => {
      sizes.push(items.length);
      await new Promise((next) => setTimeout(next, 5));
      return items.map((n) => n * 2);
    });
    const many = (n: number) => Promise.all(Array.from({ length: n }, (_, i) => batches.add(i)));
    const results = await many(200);
    expect(results[199]).toBe(398);
    expect(sizes).toEqual([200]);
    await many(1_200);
    expect(sizes).toEqual([200, 500, 500, 200]);
  });

  it('lets one fail alone, and all when the work does', async () => {
    const odd = new Batches<number, number>((items) =>
      Promise.resolve(items.map((n) => (n % 2 ? new Error(`odd ${n}`) : n))),
    );
    const [two, three] = await Promise.allSettled([odd.add(2), odd.add(3)]);
    expect(two).toEqual({ status: 'fulfilled', value: 2 });
    expect(three).toMatchObject({ status: 'rejected', reason: { message: 'odd 3' } });
    const broken = new Batches<number, number>(() => Promise.reject(new Error('away')));
    await expect(Promise.all([broken.add(1), broken.add(2)])).rejects.toThrow('away');
    await expect(broken.add(1)).rejects.toThrow('away');
  });

  it('refuses when too many wait', async () => {
    const batches = new Batches<number, number>(() => new Promise(() => undefined), 1, 3);
    const waiting = [1, 2, 3].map((n) => batches.add(n));
    await expect(batches.add(4)).rejects.toBeInstanceOf(BatchesFullError);
    expect(waiting).toHaveLength(3);
  });
});
