import { isLuhn } from './check-digits';
import { beginsClean, digitsOf, isRepeated, matchEnd, type NumberDetector, standsAlone } from './number-detector';

const SEPARATED = /\d{4}([ .-]{1,3})(?:\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|\d{6}\1\d{4,5})(?![0-9A-Za-z]|[.\-/]\d)/y;
/** Without a fifth group: a number that follows a card, its expiry or an amount, is not part of it. */
const SIXTEEN = /\d{4}([ .-]{1,3})\d{4}\1\d{4}\1\d{4}(?![0-9A-Za-z]|[.\-/]\d)/y;
const BARE = /\d{12,19}(?![0-9A-Za-z])/y;

/** First digits and lengths that networks give out. */
const NETWORKS: readonly (readonly [first: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 18, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|095|[689])/, [14, 16, 19]],
  [/^(?:6011|64[4-9]|65|622)/, [16, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^(?:1800|2131)/, [15]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:50|5[6-9]|6)/, [12, 13, 14, 15, 16, 17, 18, 19]],
  [/^2200|^2201|^2202|^2203|^2204/, [16]],
];

/** What bare digits must begin with to be believed without a word that announces them: Maestro takes nearly any. */
const COMMON = 7;

const network = (digits: string): number =>
  NETWORKS.findIndex(([first, lengths]) => lengths.includes(digits.length) && first.test(digits));

const passes = (text: string): boolean => {
  const digits = digitsOf(text);
  return !isRepeated(digits) && isLuhn(digits);
};

/** Payment cards: Luhn's check digit and the length that belongs to the first digits. */
export const creditCard: NumberDetector = {
  first: [4, 12, 13, 14, 15, 16, 17, 18, 19],
  detect(page, start, length) {
    if (!beginsClean(page.text, start)) return;
    const patterns = length === 4 ? [SEPARATED, SIXTEEN] : [BARE];
    const ends = patterns.map((pattern) => matchEnd(pattern, page.text, start)).filter((end) => end > 0);
    const known = ends.find(
      (end) => network(digitsOf(page.text.slice(start, end))) >= 0 && passes(page.text.slice(start, end)),
    );
    const end = known ?? ends.find((one) => passes(page.text.slice(start, one)));
    if (!end) return;
    const digits = digitsOf(page.text.slice(start, end));
    const issued = network(digits);
    if (issued < 0) return page.weigh('CREDIT_CARD', start, end, { announced: 0.7 }, false, length !== 4);
    if (length === 4) return page.weigh('CREDIT_CARD', start, end, { shape: 0.95, announced: 1 }, true);
    if (!standsAlone(page.text, start, end)) return;
    const usual = issued < COMMON && [14, 15, 16].includes(digits.length);
    page.weigh('CREDIT_CARD', start, end, { shape: usual ? 0.85 : 0.4, announced: 1 }, true, true);
  },
};
