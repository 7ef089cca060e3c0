import { MemorySlots } from './memory-slots';

describe('MemorySlots', () => {
  it('gives out as many slots as the limit says, for each key by itself', () => {
    const slots = new MemorySlots();
    slots.acquire('a', 2);
    slots.acquire('a', 2);
    slots.acquire('b', 1);
    expect(() => slots.acquire('a', 2)).toThrow(
      expect.objectContaining({
        code: 'concurrency_limited',
        retryAfter: 1,
        message: expect.stringContaining('2 concurrent'),
      }),
    );
  });

  it('takes a slot back once, however often it is given back', () => {
    const slots = new MemorySlots();
    const release = slots.acquire('a', 2);
    slots.acquire('a', 2);
    release();
    release();
    slots.acquire('a', 2);
    expect(() => slots.acquire('a', 2)).toThrow('concurrent');
  });

  it('remembers nothing of keys that hold no slot', () => {
    const slots = new MemorySlots();
    const releases = Array.from({ length: 100 }, (_, i) => slots.acquire(`k${i}`, 1));
    expect(slots.size).toBe(100);
    for (const release of releases) release();
    expect(slots.size).toBe(0);
  });
});
