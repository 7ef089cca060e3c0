import { Random } from '../../../test/support/hostile/random';
import { KEPT, Ring } from './ring';

describe('Ring', () => {
  it.each([1, 2, 3, 4, 5, 6])('knows at any time what the slots it keeps have in all (seed %i)', (seed) => {
    const random = new Random(seed);
    let slot = random.below(1_000);
    const ring = new Ring(slot);
    const counted = new Map<number, number>();
    const total = () => [...counted].reduce((sum, [at, amount]) => (at > slot - KEPT ? sum + amount : sum), 0);
    for (let i = 0; i < 800; i++) {
      if (random.chance(0.5)) ring.advance((slot += random.below(random.chance(0.02) ? 200 : 4)));
      if (random.chance(0.7)) {
        const amount = random.below(100);
        const at = ring.add(amount);
        counted.set(at, (counted.get(at) ?? 0) + amount);
      } else {
        const from = slot - random.below(2 * KEPT);
        const less = random.below((counted.get(from) ?? 0) + 1);
        ring.takeBack(from, less);
        counted.set(from, (counted.get(from) ?? 0) - less);
      }
      expect(ring.total).toBe(total());
    }
  });

  it('says when enough of it will have gone, and not a slot later', () => {
    const ring = new Ring(100);
    ring.add(5);
    ring.advance(110);
    ring.add(7);
    expect([ring.freeAt(1), ring.freeAt(5), ring.freeAt(6), ring.freeAt(12)]).toEqual([161, 161, 171, 171]);
    ring.advance(160);
    expect(ring.total).toBe(12);
    ring.advance(161);
    expect(ring.total).toBe(7);
  });

  it('stands still when the clock is set back, and takes back no more than a slot has', () => {
    const ring = new Ring(100);
    ring.add(5);
    ring.advance(50);
    expect(ring.add(1)).toBe(100);
    ring.takeBack(100, 50);
    expect(ring.total).toBe(0);
    ring.takeBack(101, 1);
    expect(ring.total).toBe(0);
  });
});
