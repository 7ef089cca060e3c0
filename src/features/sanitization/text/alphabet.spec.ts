import { Alphabet, DIGITS } from './alphabet';

const digits = new Alphabet(DIGITS);
const runs = (text: string, least: number): string[] => {
  const found: string[] = [];
  for (let run = digits.run(text, least); run; run = digits.run(text, least, run.end))
    found.push(text.slice(run.start, run.end));
  return found;
};

describe('Alphabet', () => {
  it.each([
    ['', 1, []],
    ['1234', 4, ['1234']],
    ['123', 4, []],
    ['x12345', 4, ['12345']],
    ['123x4567y89012z', 4, ['4567', '89012']],
    ['12é34567', 4, ['34567']],
    ['1 22 333 4444', 1, ['1', '22', '333', '4444']],
  ])('finds in %j the rows of at least %d characters', (text, least, expected) => {
    expect(runs(text, least)).toEqual(expected);
  });

  it('finds what a regular expression finds, wherever it stands', () => {
    for (let bits = 0; bits < 4_096; bits++) {
      const text = bits.toString(2).padStart(12, '0').replaceAll('0', 'x');
      for (const least of [1, 2, 3, 5])
        expect(runs(text, least)).toEqual(text.match(new RegExp(`1{${least},}`, 'g')) ?? []);
    }
  });
});
