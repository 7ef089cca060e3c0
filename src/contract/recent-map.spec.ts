import fc from 'fast-check';
import { RecentMap } from './recent-map';

describe('RecentMap', () => {
  it('has what was used last, with its newest value', () => {
    const map = new RecentMap<number>(3);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([3, 2, undefined]);
  });

  it('forgets what nobody asked for', () => {
    const map = new RecentMap<number>(10);
    map.set('asked for', 1);
    map.set('forgotten', 2);
    for (let i = 0; i < 20; i++) {
      map.set(`other ${i}`, i);
      map.get('asked for');
    }
    expect([map.get('asked for'), map.get('forgotten')]).toEqual([1, undefined]);
  });

  it('has the last names that were used, and at most twice as many', () => {
    const name = fc.integer({ min: 0, max: 30 }).map(String);
    const use = fc.record({ name, sets: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(use, { maxLength: 200 }), (kept, uses) => {
        const map = new RecentMap<number>(kept);
        const values = new Map<string, number>();
        let order: string[] = [];
        for (const [i, { name, sets }] of uses.entries()) {
          if (sets) values.set(name, i);
          const found = sets ? (map.set(name, i), i) : map.get(name);
          // nothing but the newest value, and nothing that was never there
          expect([undefined, values.get(name)]).toContain(found);
          if (found === undefined) continue;
          order = [name, ...order.filter((other) => other !== name)];
        }
        for (const name of order.slice(0, kept - 1)) expect(map.get(name)).toBe(values.get(name));
      }),
    );
  });

  it('never holds more than twice as many', () => {
    const map = new RecentMap<number>(5);
    for (let i = 0; i < 100; i++) map.set(String(i), i);
    const held = Array.from({ length: 100 }, (_, i) => i).filter((i) => {
      const { recent, older } = map as unknown as Record<'recent' | 'older', ReadonlyMap<string, number>>;
      return recent.has(String(i)) || older.has(String(i));
    });
    expect(held.length).toBeLessThanOrEqual(10);
  });
});
