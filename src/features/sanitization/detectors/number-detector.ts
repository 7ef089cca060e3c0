import type { Page } from '../page';

/** Finds identifiers that begin with a group of digits. */
export interface NumberDetector {
  /** Lengths of the group of digits one can begin with. */
  readonly first: readonly number[];
  /** Looks at the digits from `start`, which no digit precedes; `length` of them stand together. */
  detect(page: Page, start: number, length: number): void;
}

/** Where a sticky pattern ends when it matches at `start`; 0 when it does not. */
export function matchEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : 0;
}

/** Whether a letter, digit or underscore stands there; accented letters count. */
export function isWordAt(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    (code >= 0xc0 && code < 0x2000)
  );
}

/** Whether a number may begin here: not within a word, though a label in capitals may be written together with it. */
export function beginsClean(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (before === 95) return true;
  return !isWordAt(text, start - 1) || LABEL.test(text.slice(Math.max(0, start - 8), start));
}
const LABEL = /(?:^|[^a-z])(?:cpf|cnpj|rg|pis|ssn|cep|tel|fone|cns|cnh|n[o°º])$/i;

/** Whether digits alone stand by themselves: no fraction, amount, member of a longer number, or part of a path of numbers. */
export function standsAlone(text: string, start: number, end: number): boolean {
  const before = text[start - 1] ?? ' ';
  const after = text[end] ?? ' ';
  if ('$€£#%'.includes(before) || '%'.includes(after)) return false;
  if ('.-/:'.includes(before) && isWordAt(text, start - 2) && before !== ':' && before !== '/') return false;
  if (':/'.includes(before) && isDigitAt(text, start - 2)) return false;
  return !('.,-/:'.includes(after) && after !== ',' && isDigitAt(text, end + 1));
}

export function isDigitAt(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  return code >= 48 && code <= 57;
}

/** The digits of a stretch, without what separates them. */
export const digitsOf = (text: string): string => text.replaceAll(/[^0-9]/g, '');

/** Whether all digits are the same, as in placeholders. */
export const isRepeated = (digits: string): boolean => /^(\d)\1*$/.test(digits);
