import { isMod10, isMod11, mod97 } from './check-digits';
import { beginsClean, digitsOf, isRepeated, matchEnd, type NumberDetector } from './number-detector';

const PROCESSO = /\d{7}[ -]?\d{2}[ .]?\d{4}[ .]?\d[ .]?\d{2}[ .]?\d{4}(?![0-9A-Za-z]|[.\-/]\d)/y;

/** Number of a lawsuit as Brazil's council of justice (CNJ) numbers them. */
export const brProcesso: NumberDetector = {
  first: [7, 9, 20],
  detect(page, start) {
    const end = matchEnd(PROCESSO, page.text, start);
    if (!end || !beginsClean(page.text, start)) return;
    const written = page.text.slice(start, end);
    const digits = digitsOf(written);
    const validated = mod97(digits.slice(0, 7) + digits.slice(9) + digits.slice(7, 9)) === 1;
    if (validated) page.weigh('BR_PROCESSO', start, end, { shape: 0.9, announced: 0.95 }, true, digits === written);
    else if (written.includes('.')) page.weigh('BR_PROCESSO', start, end, { shape: 0.5, announced: 0.7 }, false);
  },
};

const LINE =
  /\d{5}[ .]?\d{5}[ .]{0,2}\d{5}[ .]?\d{6}[ .]{0,2}\d{5}[ .]?\d{6}[ .]{0,2}\d[ .]{0,2}\d{14}(?![0-9A-Za-z])/y;
const COLLECTION =
  /8\d{10}[ -]{0,3}\d[ .]{0,2}\d{11}[ -]{0,3}\d[ .]{0,2}\d{11}[ -]{0,3}\d[ .]{0,2}\d{11}[ -]{0,3}\d(?![0-9A-Za-z])/y;
const BARCODE = /\d{44}(?![0-9A-Za-z])/y;

/** The line to type of a Brazilian payment slip (47 digits), of a collection slip (48), or a bar code (44). */
export const brBoleto: NumberDetector = {
  first: [5, 10, 11, 12, 44, 47, 48],
  detect(page, start, length) {
    if (length === 44) return detectBarcode(page, start);
    const slip = matchEnd(LINE, page.text, start);
    const end = slip || matchEnd(COLLECTION, page.text, start);
    if (!end || !beginsClean(page.text, start)) return;
    const digits = digitsOf(page.text.slice(start, end));
    if (!isRepeated(digits) && (slip ? isLine(digits) : isCollection(digits)))
      page.weigh('BR_BOLETO', start, end, { shape: 0.9, announced: 0.95 }, true);
  },
};

function detectBarcode(page: Parameters<NumberDetector['detect']>[0], start: number): void {
  const end = matchEnd(BARCODE, page.text, start);
  if (!end || !beginsClean(page.text, start)) return;
  const digits = page.text.slice(start, end);
  const rest = digits.slice(0, 4) + digits.slice(5);
  let sum = 0;
  for (let i = 42, weight = 2; i >= 0; i--, weight = weight === 9 ? 2 : weight + 1) sum += Number(rest[i]) * weight;
  const check = 11 - (sum % 11);
  if ((check > 9 ? 1 : check) === Number(digits[4]))
    page.weigh('BR_BOLETO', start, end, { shape: 0.6, announced: 0.9 }, true);
}

const isLine = (digits: string): boolean =>
  isMod10(digits.slice(0, 10)) && isMod10(digits.slice(10, 21)) && isMod10(digits.slice(21, 32));

const isCollection = (digits: string): boolean =>
  [0, 12, 24, 36].every((at) => isMod10(digits.slice(at, at + 12)) || isMod11(digits.slice(at, at + 12)));
