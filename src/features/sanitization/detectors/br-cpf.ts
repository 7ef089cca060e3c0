import { isCpf } from './check-digits';
import { beginsClean, digitsOf, isRepeated, matchEnd, type NumberDetector, standsAlone } from './number-detector';

const SHAPE = /\d{3}[ ._\-/]{0,3}\d{3}[ ._\-/]{0,3}\d{3}[ ._\-/]{0,3}\d{2}(?![0-9A-Za-z]|[.\-/]\d)/y;
const OFFICIAL = /^\d{3}\.\d{3}\.\d{3}-\d{2}$/;

/** Brazilian taxpayer's number. Check digits are demanded unless it is written as on paper. */
export const brCpf: NumberDetector = {
  first: [3, 9, 11],
  detect(page, start, length) {
    const end = matchEnd(SHAPE, page.text, start);
    if (!end || !beginsClean(page.text, start)) return;
    const written = page.text.slice(start, end);
    const digits = digitsOf(written);
    if (isRepeated(digits)) return;
    const validated = isCpf(digits);
    if (OFFICIAL.test(written))
      page.weigh(
        'BR_CPF',
        start,
        end,
        validated ? { shape: 1, announced: 1 } : { shape: 0.4, announced: 0.75 },
        validated,
      );
    else if (length === 11) {
      if (standsAlone(page.text, start, end))
        page.weigh(
          'BR_CPF',
          start,
          end,
          validated ? { shape: 0.6, announced: 1 } : { announced: 0.4 },
          validated,
          true,
        );
    } else if (validated) page.weigh('BR_CPF', start, end, { shape: 0.75, announced: 1 }, true);
  },
};
