import { FRESH_MS, KeyCache, LONGEST_MS } from './key-cache';

const MINUTE = 60_000;
const AWAY = new Error('away');

describe('KeyCache', () => {
  let now = 0;
  let cache: KeyCache<string>;
  let loads: { resolve: (value: string) => void; reject: (error: Error) => void }[];
  beforeEach(() => {
    now = 0;
    loads = [];
    cache = new KeyCache(3, () => now);
  });
  const load = () => new Promise<string>((resolve, reject) => void loads.push({ resolve, reject }));
  const get = (name = 'a') => cache.get(name, load);
  const turn = () => new Promise(setImmediate);
  const put = async (value: string, name = 'a') => {
    const result = get(name);
    loads.at(-1)?.resolve(value);
    expect(await result).toBe(value);
  };

  it('loads once for many, and then answers at once', async () => {
    const results = [get(), get(), get()].map(async (one) => one);
    expect(loads).toHaveLength(1);
    loads[0]?.resolve('one');
    expect(await Promise.all(results)).toEqual(['one', 'one', 'one']);
    expect([get(), cache.peek('a')]).toEqual(['one', 'one']);
    expect(cache.peek('b')).toBeUndefined();
  });

  it('renews what is in use before it is old, once, while it answers', async () => {
    await put('one');
    now = 9 * MINUTE;
    expect(cache.peek('a')).toBeUndefined();
    expect([get(), get()]).toEqual(['one', 'one']);
    expect(loads).toHaveLength(2);
    loads[1]?.resolve('two');
    await turn();
    expect(cache.peek('a')).toBe('two');
  });

  it('answers with what is old only when nobody can be asked, for a while, and asks now and then', async () => {
    await put('one');
    now = FRESH_MS;
    const stale = get();
    loads[1]?.reject(AWAY);
    expect(await stale).toBe('one');
    expect(get()).toBe('one'); // not asked again at once
    now += 5_000;
    expect(get()).toBeInstanceOf(Promise);
    expect(loads).toHaveLength(3);
    loads[2]?.reject(AWAY);
    await turn();
    now = LONGEST_MS;
    const late = get();
    loads[3]?.reject(AWAY);
    await expect(late).rejects.toBe(AWAY);
  });

  it('does not answer with what became too old while it was asked for', async () => {
    await put('one');
    now = LONGEST_MS - 1;
    const result = get();
    now = LONGEST_MS;
    loads[1]?.reject(AWAY);
    await expect(result).rejects.toBe(AWAY);
  });

  it.each([
    ['by name', () => cache.forget('a')],
    ['with others', () => cache.forgetWhere((_, value) => value === 'nothing like it')],
    ['with all', () => cache.clear()],
  ])('does not keep, nor give, what was loaded before it was forgotten %s', async (_, forget) => {
    const result = get();
    forget();
    const after = get();
    loads[0]?.resolve('destroyed');
    await turn();
    expect(loads).toHaveLength(2);
    loads[1]?.resolve('new');
    expect(await Promise.all([result, after])).toEqual(['new', 'new']);
    expect(cache.peek('a')).toBe('new');
  });

  it('does not fall back on what was forgotten', async () => {
    await put('one');
    now = FRESH_MS;
    const result = get();
    cache.forget('a');
    loads[1]?.reject(AWAY);
    await expect(result).rejects.toBe(AWAY);
    expect(cache.size).toBe(0);
  });

  it('keeps no more than it may, and nothing that is too old', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await put(name, name);
    expect([cache.size, cache.peek('a'), cache.peek('d')]).toEqual([3, undefined, 'd']);
    now = LONGEST_MS - 1;
    cache.sweep();
    expect(cache.size).toBe(3);
    now = LONGEST_MS;
    cache.sweep();
    expect(cache.size).toBe(0);
  });
});
