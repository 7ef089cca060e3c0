import { Random } from '../../../test/support/hostile/random';
import { ENTITIES } from '../../contract/entities';
import { believe, type Candidate, resolveOverlaps } from './overlap';

const candidate = (more: Partial<Candidate>): Candidate => ({
  entity: 'BR_CPF',
  start: 0,
  end: 11,
  confidence: 0.6,
  validated: false,
  distance: Infinity,
  ...more,
});

describe('candidates that overlap', () => {
  it.each<[string, Partial<Candidate>, Partial<Candidate>]>([
    ['the one strong enough to act upon', { confidence: 0.5 }, { confidence: 0.4, validated: true }],
    ['the one whose check digits agree', { validated: true }, { distance: 1, confidence: 0.95 }],
    ['the one that is announced', { distance: 4 }, { end: 20 }],
    ['the one announced by the nearer word', { entity: 'BR_PIS', distance: 1 }, { distance: 2 }],
    ['the identifier rather than the telephone', { validated: true }, { entity: 'PHONE', validated: true, end: 14 }],
    [
      'the announced telephone rather than the identifier',
      { entity: 'PHONE', validated: true, distance: 1 },
      { validated: true },
    ],
    ['the longer one', { end: 14 }, { confidence: 0.9 }],
  ])('are decided for %s', (_, better, worse) => {
    const pair = [candidate(worse), candidate(better)];
    expect(resolveOverlaps(pair)).toEqual([candidate(better)]);
    expect(resolveOverlaps(pair.toReversed())).toEqual([candidate(better)]);
  });

  it('leave nothing overlapping, whatever they are, and lose none that nothing better overlaps', () => {
    const seed = 7;
    const random = new Random(seed);
    for (let round = 0; round < 200; round++) {
      const all = Array.from({ length: random.below(30) }, () => {
        const start = random.below(100);
        return candidate({
          entity: ENTITIES[random.below(10)],
          start,
          end: start + 1 + random.below(20),
          confidence: random.next(),
          validated: random.below(2) === 1,
        });
      });
      const kept = resolveOverlaps(all);
      for (let i = 1; i < kept.length; i++) expect(kept[i].start).toBeGreaterThanOrEqual(kept[i - 1].end);
      for (const one of all)
        expect(
          kept.some(
            (other) => other === one || (other.start < one.end && one.start < other.end && believe(other, one) <= 0),
          ),
        ).toBe(true);
    }
  });
});
