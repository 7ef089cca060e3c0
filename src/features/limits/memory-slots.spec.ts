import { MemorySlots } from './memory-slots';

const one = (counter: string, limit: number) => [{ scope: 'key', counter, limit }] as const;

describe('MemorySlots', () => {
  it('gives out as many slots as the limit says, for each key by itself', () => {
    const slots = new MemorySlots();
    slots.acquire(one('a', 2));
    slots.acquire(one('a', 2));
    slots.acquire(one('b', 1));
    expect(() => slots.acquire(one('a', 2))).toThrow(
      expect.objectContaining({
        code: 'concurrency_limited',
        retryAfter: 1,
        message: expect.stringContaining('2 concurrent'),
      }),
    );
  });

  it('takes a slot back once, however often it is given back', () => {
    const slots = new MemorySlots();
    const release = slots.acquire(one('a', 2));
    slots.acquire(one('a', 2));
    release();
    release();
    slots.acquire(one('a', 2));
    expect(() => slots.acquire(one('a', 2))).toThrow('concurrent');
  });

  it('takes a slot everywhere or nowhere, and says where there is none', () => {
    const slots = new MemorySlots();
    const seats = [...one('key', 5), { scope: 'tenant', counter: 'tenant', limit: 1 }] as const;
    const release = slots.acquire(seats);
    expect(() => slots.acquire(seats)).toThrow('Limit of 1 concurrent calls for this tenant reached');
    expect(slots.state()).toEqual([{ scope: 'process', keys: 2, calls: 1 }]);
    release();
    for (let i = 0; i < 5; i++) slots.acquire(one('key', 5));
    expect(() => slots.acquire(one('key', 5))).toThrow('for this key');
  });

  it('remembers nothing of keys that hold no slot', () => {
    const slots = new MemorySlots();
    const releases = Array.from({ length: 100 }, (_, i) => slots.acquire(one(`k${i}`, 1)));
    expect(slots.size).toBe(100);
    for (const release of releases) release();
    expect(slots.size).toBe(0);
  });
});
