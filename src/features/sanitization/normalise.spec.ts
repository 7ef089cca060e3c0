import { Random } from '../../../test/support/hostile/random';
import { normalise } from './normalise';

describe('normalising', () => {
  it.each([
    ['abc 123', 'abc 123', 'ASCII stays'],
    ['ação “ok”', 'ação “ok”', 'so do accents and quotation marks'],
    ['１２３．４', '123.4', 'full width'],
    ['١٢٣ ۴۵ १२', '123 45 12', 'digits of other scripts'],
    ['1\u200b2\u00ad3\u202e4\ufe0f5\u{e0031}6', '123456', 'what cannot be seen'],
    ['a\u00a0b\u2003c', 'a b c', 'spaces'],
    ['1\u20132\u20143\u22124\u20115\uff0d6', '1-2-3-4-5-6', 'dashes'],
    ['5\u0338\u0332 e\u0301', '5 e\u0301', 'marks on digits go, marks on letters stay'],
    ['𝟙𝟚𝟛 ①', '123 1', 'letter-like digits outside the first plane'],
    ['a\ufdfab', 'a\ufdfab', 'what would become much longer'],
  ])('reads %j as %j: %s', (given, read) => {
    expect(normalise(given).text).toBe(read);
  });

  it('knows where each part stood', () => {
    const given = 'x\u200b５\u200b２9 𝟙-ﬁ end';
    const view = normalise(given);
    const original = (part: string): string => {
      const at = view.text.indexOf(part);
      return given.slice(view.startOf(at), view.endOf(at + part.length));
    };
    expect(view.text).toBe('x529 1-fi end');
    expect(['529', '1', 'i e', 'end'].map(original)).toEqual(['５\u200b２9', '𝟙', 'ﬁ e', 'end']);
  });

  it('never goes back, and leaves nothing out but what it drops', () => {
    const seed = 20_261_128;
    const random = new Random(seed);
    const alphabet = ['a', '1', ' ', 'é', '１', '\u200b', '\u0301', '𝟙', '\u2013', '\u00a0', 'ﬁ', '日'];
    for (let round = 0; round < 300; round++) {
      let given = '';
      for (let i = random.below(40); i > 0; i--) given += alphabet[random.below(alphabet.length)];
      const view = normalise(given);
      let last = 0;
      for (let i = 0; i < view.text.length; i++) {
        const [start, end] = [view.startOf(i), view.endOf(i + 1)];
        if (end <= start || start < last - 2 || end > given.length)
          throw new Error(`seed ${seed}: ${JSON.stringify(given)}`);
        expect(normalise(given.slice(start, end)).text).toContain(view.text[i] === '\u0301' ? '' : view.text[i]);
        last = end;
      }
    }
  });
});
