import { folded } from './folded';
import { doubtBetween } from './second-check';
import { traitsOf } from './traits';

const doubt = (a: string, b: string) => doubtBetween(traitsOf(a), traitsOf(b));

describe('figures and signs', () => {
  it.each([
    ['10²', '10^2'],
    ['10⁻¹²', '10^-12'],
    ['101₂', '101_2'],
    ['H₂O', 'H2O'],
    ['1½', '1 1/2'],
    ['−5', '-5'],
    ['٤٥', '45'],
    ['४५', '45'],
    ['45', '45'],
    ['1º, 2ª', '1o, 2a'],
  ])('%j is %j', (text, expected) => {
    expect(folded(text)).toBe(expected);
  });

  it.each([
    ['Is ½ cup enough?', 'is 1/2 cup enough'],
    ['What is 10² in meters?', 'what is 10^2 in meters'],
    ['Is it ٣ days?', 'Is it 3 days?'],
    ['Can I return it within 14 days!!', 'Can I return it within 14 days?'],
    ['Is 5 GB enough?', 'is 5 gb enough'],
    ['Is “5” right?', 'is "5" right'],
    ['Part II of the form', 'part ii of the form'],
  ])('are the same in %j and %j', (a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual([undefined, undefined]);
  });

  it.each([
    ['numbers', 'What is 10² in meters?', 'What is 102 in meters?'],
    ['numbers', 'What is 10₂ in decimal?', 'What is 102 in decimal?'],
    ['numbers', 'Is ½ cup enough?', 'Is 12 cup enough?'],
    ['numbers', 'Is 1½ cup enough?', 'Is 11/2 cup enough?'],
    ['numbers', 'Is −5 normal?', 'Is 5 normal?'],
    ['numbers', 'Is it ٣ days?', 'Is it ٤ days?'],
    ['numbers', 'Is 5 Mb enough?', 'Is 5 MB enough?'],
    ['numbers', 'what is in part ii', 'what is in part iii'],
    ['signs', 'What is x² here?', 'What is x2 here?'],
    ['signs', 'What is 2 × 3?', 'What is 2 ÷ 3?'],
    ['signs', 'What is √2?', 'What is 2?'],
    ['signs', 'What is 5!?', 'What is 5?'],
    ['signs', 'Is 5 - 3 positive?', 'Is 5, 3 positive?'],
    ['signs', `Is it 5' long?`, `Is it 5" long?`],
    ['signs', 'Is x ≤ 5 true?', 'Is x ≥ 5 true?'],
    ['signs', 'What is blood type A-?', 'What is blood type A?'],
    ['signs', 'What does 🔴 mean?', 'What does 🟢 mean?'],
  ])('differ by %s: %j and %j', (expected, a, b) => {
    expect([doubt(a, b), doubt(b, a)]).toEqual([expected, expected]);
  });
});
