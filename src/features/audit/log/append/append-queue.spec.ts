import { AppendQueue, type Group } from './append-queue';

const group = (count: number, bytes = count * 10): Group => ({
  entries: Array.from({ length: count }, (_, i) => ({
    id: `${i}`,
    text: '{}',
    leaf: Buffer.alloc(32),
    ciphertext: undefined,
  })),
  bytes,
  done: () => undefined,
  failed: () => undefined,
});

describe('AppendQueue', () => {
  it('gives groups in order and never divides one', () => {
    const queue = new AppendQueue({ entries: 100, bytes: 10_000 });
    const groups = [group(3), group(2), group(4), group(1)];
    for (const one of groups) queue.add(one);
    expect(queue.take(6, 10_000)).toEqual(groups.slice(0, 2));
    expect(queue.depth).toBe(5);
    expect(queue.take(6, 10_000)).toEqual(groups.slice(2));
    expect(queue.take(6, 10_000)).toEqual([]);
    expect([queue.depth, queue.bytes]).toEqual([0, 0]);
  });

  it('gives a group that is larger than asked for on its own', () => {
    const queue = new AppendQueue({ entries: 100, bytes: 10_000 });
    queue.add(group(9));
    queue.add(group(1));
    expect(queue.take(4, 10_000)).toHaveLength(1);
    expect(queue.take(4, 10_000)).toHaveLength(1);
  });

  it('ends a batch by bytes', () => {
    const queue = new AppendQueue({ entries: 100, bytes: 10_000 });
    for (let i = 0; i < 5; i++) queue.add(group(1, 400));
    expect(queue.take(100, 1_000)).toHaveLength(2);
  });

  it('is full by entries or by bytes, sooner for those that may be lost', () => {
    const queue = new AppendQueue({ entries: 10, bytes: 1_000 });
    expect(queue.hasRoom(50, 5_000)).toBe(true);
    queue.add(group(5, 100));
    expect(queue.hasRoom(5, 100)).toBe(true);
    expect(queue.hasRoom(6, 100)).toBe(false);
    expect(queue.hasRoom(1, 901)).toBe(false);
    expect(queue.hasRoom(1, 1, 0.5)).toBe(false);
  });

  it('holds a long line', () => {
    const queue = new AppendQueue({ entries: 1e6, bytes: 1e9 });
    for (let i = 0; i < 20_000; i++) queue.add(group(1));
    let taken = 0;
    for (let next = queue.take(256, 1e9); next.length; next = queue.take(256, 1e9)) taken += next.length;
    expect([taken, queue.depth]).toEqual([20_000, 0]);
  });
});
