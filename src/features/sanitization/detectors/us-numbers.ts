import {
  beginsClean,
  digitsOf,
  isRepeated,
  isWordAt,
  matchEnd,
  type NumberDetector,
  standsAlone,
} from './number-detector';

const SHAPE = /\d{3}([ .-]?)\d{2}\1\d{4}(?![0-9A-Za-z]|[.\-/]\d)/y;
/** Printed on sample cards and in advertisements, so nobody's. */
const FAKES = new Set(['078051120', '219099999', '123456789', '987654321', '457555462']);
/** Words that make nine bare digits one: this near and no further. */
const BESIDE = 4;

/** Social security numbers, and tax numbers (ITIN) of those who have none. */
export const usSsn: NumberDetector = {
  first: [3, 9],
  detect(page, start, length) {
    const end = matchEnd(SHAPE, page.text, start);
    if (!end || !beginsClean(page.text, start) || !standsAlone(page.text, start, end)) return;
    const written = page.text.slice(start, end);
    const digits = digitsOf(written);
    if (isRepeated(digits)) return;
    if (digits[0] === '9') {
      const group = Number(digits.slice(3, 5));
      if ((group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group !== 93 && group <= 99))
        page.weigh(
          'US_ITIN',
          start,
          end,
          { shape: length === 3 ? 0.5 : undefined, announced: length === 3 ? 0.85 : 0.75 },
          false,
        );
      return;
    }
    if (digits.startsWith('000') || digits.startsWith('666')) return;
    if (digits.slice(3, 5) === '00' || digits.endsWith('0000')) return;
    const fake = FAKES.has(digits);
    const distance = page.around(start, end).distance('US_SSN');
    if (length === 9) {
      if (distance <= BESIDE) page.add('US_SSN', start, end, 0.75, false, distance);
      else page.weigh('US_SSN', start, end, { shape: 0.05, announced: 0.4 }, false, true);
    } else {
      const dashed = written[3] === '-';
      page.weigh('US_SSN', start, end, { shape: fake ? 0.4 : dashed ? 0.85 : 0.4, announced: 0.95 }, false);
    }
  },
};

const EIN = /\d{2}-\d{7}(?![0-9A-Za-z]|[.\-/]\d)/y;
/** Prefixes that were never given to an office. */
const NO_OFFICE = new Set([
  '00',
  '07',
  '08',
  '09',
  '17',
  '18',
  '19',
  '28',
  '29',
  '49',
  '69',
  '70',
  '78',
  '79',
  '89',
  '96',
  '97',
]);

/** Employer's number. */
export const usEin: NumberDetector = {
  first: [2],
  detect(page, start) {
    const end = matchEnd(EIN, page.text, start);
    if (!end || !beginsClean(page.text, start) || !standsAlone(page.text, start, end)) return;
    if (NO_OFFICE.has(page.text.slice(start, start + 2))) return;
    page.weigh('US_EIN', start, end, { shape: 0.3, announced: 0.75 }, false);
  },
};

const PASSPORT = /\d{8,9}(?![0-9A-Za-z]|[.\-/]\d)/y;

/** Passport of the United States: nine digits, or a letter and eight. */
export const usPassport: NumberDetector = {
  first: [8, 9],
  detect(page, start, length) {
    const end = matchEnd(PASSPORT, page.text, start);
    if (!end || isRepeated(page.text.slice(start, end))) return;
    const lettered = /[A-Za-z]/.test(page.text[start - 1] ?? '') && !isWordAt(page.text, start - 2);
    if (length === 8 ? !lettered : isWordAt(page.text, start - 1)) return;
    page.weigh('US_PASSPORT', lettered ? start - 1 : start, end, { announced: 0.75 }, false);
  },
};
