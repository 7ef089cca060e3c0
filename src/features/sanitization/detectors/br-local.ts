import {
  beginsClean,
  digitsOf,
  isDigitAt,
  isRepeated,
  isWordAt,
  matchEnd,
  type NumberDetector,
  standsAlone,
} from './number-detector';

const RG = /\d{1,2}\.?\d{3}\.?\d{3}-?[\dXx]?(?![0-9A-Za-z]|[.\-/]\d)/y;
const RG_OFFICIAL = /^\d{1,2}\.\d{3}\.\d{3}(?:-[\dXx])?$/;

/** Brazilian identity card: each state numbers its own, so only the word beside it tells it from other numbers. */
export const brRg: NumberDetector = {
  first: [1, 2, 7, 8, 9],
  detect(page, start) {
    const end = matchEnd(RG, page.text, start);
    if (!end || !beginsClean(page.text, start) || !standsAlone(page.text, start, end)) return;
    const written = page.text.slice(start, end);
    if (isRepeated(digitsOf(written))) return;
    const sure =
      RG_OFFICIAL.test(written) && written.includes('-') ? { shape: 0.3, announced: 0.75 } : { announced: 0.6 };
    page.weigh('BR_RG', start, end, sure, false);
  },
};

const CEP = /(?:\d{5}-?\d{3}|\d{2}\.\d{3}-\d{3})(?![0-9A-Za-z]|[.\-/]\d)/y;

/** Brazilian postal code. */
export const brCep: NumberDetector = {
  first: [2, 5, 8],
  detect(page, start, length) {
    const end = matchEnd(CEP, page.text, start);
    if (!end || !beginsClean(page.text, start) || !standsAlone(page.text, start, end)) return;
    if (page.text.startsWith('00', start)) return;
    page.weigh('BR_CEP', start, end, length === 8 ? { announced: 0.6 } : { shape: 0.3, announced: 0.7 }, false);
  },
};

const PLACA_LETTERS = /(?:^|[^A-Za-z0-9_])([A-Z]{3}[ -]?)$/i;
const PLACA_DIGITS = /(?:\d{4}|\d[A-J]\d{2})(?![0-9A-Za-z]|[.\-/]\d)/iy;

/** Number plate: three letters and four digits, the second of which is a letter on plates of Mercosul. */
export const brPlaca: NumberDetector = {
  first: [1, 4],
  detect(page, start) {
    const end = matchEnd(PLACA_DIGITS, page.text, start);
    if (!end || !/[A-Za-z -]/.test(page.text[start - 1] ?? '')) return;
    const letters = PLACA_LETTERS.exec(page.text.slice(Math.max(0, start - 5), start))?.[1];
    if (!letters) return;
    const from = start - letters.length;
    const capital = letters === letters.toUpperCase();
    page.weigh(
      'BR_PLACA',
      from,
      end,
      { shape: capital && !letters.includes(' ') ? 0.3 : undefined, announced: 0.7 },
      false,
    );
  },
};

const ACCOUNT = /\d{3,12}(?:[.]\d{3}){0,2}(?:-[\dXx])?(?![0-9A-Za-z]|[.\-/]\d)/y;

/** Account or branch of a bank: digits that only the word beside them makes one. */
export const brBankAccount: NumberDetector = {
  first: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  detect(page, start) {
    const end = matchEnd(ACCOUNT, page.text, start);
    if (!end || !beginsClean(page.text, start) || !standsAlone(page.text, start, end)) return;
    if (page.around(start, end).distanceBefore('BR_BANK_ACCOUNT') > 2 || isWordAt(page.text, start - 1)) return;
    if (isDigitAt(page.text, start - 2)) return;
    page.weigh('BR_BANK_ACCOUNT', start, end, { announced: 0.7 }, false, true);
  },
};
