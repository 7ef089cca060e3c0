import type { Page } from '../page';
import { isCnpj } from './check-digits';
import {
  beginsClean,
  digitsOf,
  isRepeated,
  isWordAt,
  matchEnd,
  type NumberDetector,
  standsAlone,
} from './number-detector';

const SHAPE = /\d{2}[ .-]{0,3}\d{3}[ .-]{0,3}\d{3}[ .\-/]{0,3}\d{4}[ .-]{0,3}\d{2}(?![0-9A-Za-z]|[.\-/]\d)/y;
const OFFICIAL = /^\d{2}\.\d{3}\.\d{3}\/\d{4}-\d{2}$/;
/** A moment as digits: 20240131235959. */
const MOMENT = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/;

/** Brazilian company's number as it was until 2026: digits only. */
export const brCnpj: NumberDetector = {
  first: [2, 8, 12, 14],
  detect(page, start, length) {
    const end = matchEnd(SHAPE, page.text, start);
    if (!end || !beginsClean(page.text, start)) return;
    const written = page.text.slice(start, end);
    const digits = digitsOf(written);
    if (isRepeated(digits)) return;
    const validated = isCnpj(digits);
    if (OFFICIAL.test(written))
      page.weigh(
        'BR_CNPJ',
        start,
        end,
        validated ? { shape: 1, announced: 1 } : { shape: 0.4, announced: 0.75 },
        validated,
      );
    else if (!validated) return;
    else if (length < 14) page.weigh('BR_CNPJ', start, end, { shape: 0.75, announced: 1 }, true);
    else if (standsAlone(page.text, start, end))
      page.weigh('BR_CNPJ', start, end, { shape: bareConfidence(digits), announced: 1 }, true, true);
  },
};

/** Nearly every company has fewer than ten branches. */
function bareConfidence(digits: string): number {
  if (MOMENT.test(digits)) return 0.2;
  return digits.startsWith('000', 8) ? 0.9 : 0.6;
}

const FORMATTED = /[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}\/[0-9A-Z]{4}-\d{2}(?![0-9A-Za-z]|[.\-/]\d)/gi;
const BARE = /[0-9A-Z]{12}\d{2}(?![0-9A-Za-z]|[.\-/]\d)/gi;

/** Company's numbers with letters, given out since July 2026. Without punctuation they need a word that announces them. */
export function detectAlphanumericCnpj(page: Page): void {
  const { text } = page;
  if (text.includes('/'))
    for (const { 0: written, index } of text.matchAll(FORMATTED)) {
      const characters = written.replaceAll(/[^0-9A-Za-z]/g, '').toUpperCase();
      if (!/[A-Z]/.test(characters) || isWordAt(text, index - 1)) continue;
      const validated = isCnpj(characters);
      const sure = validated ? { shape: 1, announced: 1 } : { announced: 0.75 };
      page.weigh('BR_CNPJ', index, index + written.length, sure, validated);
    }
  if (!/cnpj/i.test(text)) return;
  for (const { 0: written, index } of text.matchAll(BARE)) {
    if (isWordAt(text, index - 1) || !/[a-z]/i.test(written)) continue;
    if (isCnpj(written.toUpperCase())) page.weigh('BR_CNPJ', index, index + written.length, { announced: 1 }, true);
  }
}
