import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Page } from '../page';
import { digitsOf, isDigitAt, isWordAt } from './number-detector';

const EXTENSION = / ?(?:x|ext\.?|ramal|r\.) ?\d{1,5}(?![0-9A-Za-z])/iy;
const DATE =
  /^(?:(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:(?:19|20)\d\d|\d\d(?![\d.-]))|(?:19|20)\d\d[/.-](?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|[12]\d|3[01])(?!\d))/;
/** Ways of writing that people use for telephones and hardly for anything else: Brazil, North America. */
const TELLING =
  /^(?:\+|\(\d{2,4}\)|0?\d{2}[ .-]9\d{4}[ .-]\d{4}$|0?\d{2}[ .-][2-5]\d{3}-\d{4}$|1?[ .-]?\d{3}([.-])\d{3}\1\d{4}$|1[ .-]\(\d{3}\))/;
const BR_MOBILE = /^(?:55)?[1-9][1-9]9\d{8}$/;
/** A fraction is no telephone number, whatever stands beside it. */
const DECIMAL = /^\d+\.\d{5,}$/;
const TRIES = 3;

/** Telephone numbers; what other detectors are sure of is left alone. Runs after them. */
export class PhoneDetector {
  private readonly regions: readonly CountryCode[];

  /** @param regions ISO 3166 codes of countries whose numbers are written without `+`; unknown ones are ignored */
  constructor(regions: readonly string[]) {
    this.regions = [...new Set(['BR', ...regions, 'US'])].filter((region) => isSupportedCountry(region));
  }

  /** @param start of the digits of a group, which no digit precedes */
  detect(page: Page, start: number): void {
    const { text } = page;
    let from = start;
    if (text[from - 1] === '(' && /^\d{1,4}\)/.test(text.slice(start, start + 5))) from--;
    if (text[from - 1] === '+') from--;
    else if (text[from - 2] === '+' && text[from - 1] === ' ') from -= 2;
    if (isWordAt(text, from - 1) || !this.beginsHere(text, from)) return;
    const ends = endsOf(text, text[from] === '+' && text[from + 1] === ' ' ? start : from);
    for (const end of ends.slice(0, TRIES)) if (this.consider(page, from, end)) return;
  }

  private beginsHere(text: string, from: number): boolean {
    const before = text[from - 1] ?? ' ';
    if ('$€£%#'.includes(before)) return false;
    if ('.,-/:)'.includes(before) && isDigitAt(text, from - 2)) return before === ',';
    return !('-/.'.includes(before) && isWordAt(text, from - 2)) || before === '/';
  }

  private consider(page: Page, start: number, end: number): boolean {
    const { text } = page;
    const written = text.slice(start, end);
    const digits = written.replaceAll(/\D/g, '');
    if (digits.length < 7 || digits.length > 15 || /^(\d)\1*$/.test(digits) || DATE.test(written)) return false;
    if (page.isClaimed(start, end)) return true;
    const bare = digits.length === written.length;
    const around = page.around(start, end);
    const named = around.distance('PHONE');
    const distance = around.otherDistance < named ? Infinity : named;
    if (DECIMAL.test(written)) return false;
    if (distance === Infinity && (bare ? !BR_MOBILE.test(digits) : !TELLING.test(written))) return false;
    const validated = this.isValid(written);
    const confidence = confidenceOf({
      written,
      digits,
      bare,
      validated,
      distance,
      isOther: around.isOther || text[start - 1] === '/',
    });
    if (!confidence) return false;
    EXTENSION.lastIndex = end;
    page.add('PHONE', start, EXTENSION.test(text) ? EXTENSION.lastIndex : end, confidence, validated, distance);
    return true;
  }

  private isValid(written: string): boolean {
    const number = written.replace(/^00/, '+').replace(/\(0\)/, '');
    if (number.startsWith('+')) return isInternational(number);
    if (/^55\d{10,11}$/.test(number)) return isInternational(`+${number}`);
    // written as in North America
    const regions = /^1?\D?\D?\d{3}\D{1,2}\d{3}\D\d{4}$/.test(number) ? this.regions.toReversed() : this.regions;
    return regions.some((region) => parsePhoneNumberFromString(number, region)?.isValid() ?? false);
  }
}

/** By their first three digits: whether numbers are some country's. */
const beginnings = new Map<string, boolean>();

function isInternational(number: string): boolean {
  return isSomewhere(digitsOf(number).slice(0, 3)) && (parsePhoneNumberFromString(number)?.isValid() ?? false);
}

/** The library is asked once: it says no with an error, and to make one costs several times what all else does that is done about a number. */
function isSomewhere(beginning: string): boolean {
  let known = beginnings.get(beginning);
  if (known === undefined)
    beginnings.set(beginning, (known = parsePhoneNumberFromString(`+${beginning}0000000`) !== undefined));
  return known;
}

interface Evidence {
  readonly written: string;
  readonly digits: string;
  readonly bare: boolean;
  readonly validated: boolean;
  readonly distance: number;
  readonly isOther: boolean;
}

/** 0 when nothing speaks for a telephone. */
function confidenceOf({ written, digits, bare, validated, distance, isOther }: Evidence): number {
  if (distance !== Infinity) {
    if (validated) return 0.95;
    if (written.startsWith('+')) return 0.75;
    if (bare) return distance <= 2 && digits.length <= 13 ? 0.6 : 0;
    return digits.length <= 13 && /^\(?\d{2,5}\)?(?:[ ./-]{1,3}\d{2,8})+$/.test(written) ? 0.6 : 0;
  }
  if (!validated) return written.startsWith('+') && !bare ? 0.4 : 0;
  if (bare) return isOther ? 0.3 : 0.55;
  return 0.75;
}

const LONGEST = 15;
const SHORTEST = 7;
const GROUPS = 7;

/** Where a number that begins here may end: after each of its groups of digits, the longest first. */
function endsOf(text: string, from: number): number[] {
  const ends: number[] = [];
  let digits = 0;
  for (let at = skipTo(text, text[from] === '+' ? from + 1 : from), groups = 0; groups < GROUPS; groups++) {
    const start = at;
    while (isDigitAt(text, at)) at++;
    digits += at - start;
    if (at === start || digits > LONGEST) break;
    // single digits are written one by one in lists, not in telephone numbers
    if (digits <= groups + 1 && groups > 1) break;
    if (digits >= SHORTEST && !blocks(text, at)) ends.unshift(at);
    at = skipTo(text, at);
  }
  return ends;
}

/** The next digit after at most three of what stands between groups. */
function skipTo(text: string, from: number): number {
  let at = from;
  while (at < from + 4 && ' ().-/'.includes(text[at] ?? '?')) at++;
  return at;
}

/** Whether what follows makes it part of something longer. */
function blocks(text: string, end: number): boolean {
  const after = text[end] ?? ' ';
  if (isWordAt(text, end) && after !== 'x') return true;
  return (after === '.' || after === '-' || after === ':') && isDigitAt(text, end + 1);
}
