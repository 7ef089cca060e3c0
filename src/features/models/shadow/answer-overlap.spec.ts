import { answerOverlap } from './answer-overlap';

describe('answerOverlap', () => {
  it.each([
    ['The cat sat.', 'the CAT sat', 1],
    ['', '', 1],
    ['yes', '', 0],
    ['one two', 'three four', 0],
    ['a b c d', 'a b x y', 0.5],
    ['no no no', 'no', 0.5],
    ['olá mundo', 'Olá, mundo!', 1],
  ])('of %j and %j is %d', (one, other, share) => expect(answerOverlap(one, other)).toBeCloseTo(share));
});
