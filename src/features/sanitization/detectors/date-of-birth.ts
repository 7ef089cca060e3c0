import type { Page } from '../page';
import { isDigitAt, isWordAt, matchEnd, type NumberDetector } from './number-detector';

/** Without one of these in the text no date is anybody's birth. */
const BIRTH = /nasc|naci|birth|born|\bdob\b|d\.o\.b|cumple|anivers|\bdn\b/i;
const NUMERIC = /(\d{1,4})([ ]?[./-][ ]?)(\d{1,2})\2(\d{4}|\d{2})(?![0-9A-Za-z]|[/.-]\d)/y;
const MONTHS = 'jan fev feb ene mar abr apr mai may jun jul ago aug set sep out oct nov dez dec dic'
  .split(' ')
  .join('|');
const DAY_FIRST = new RegExp(
  String.raw`(\d{1,2})(?:st|nd|rd|th|º|o)?[ /.-](?:de |of )?(?:${MONTHS})[a-zç]{0,7}\.?,?[ /.-](?:de |del |of )?\d{4}(?![0-9A-Za-z])`,
  'iy',
);
const MONTH_FIRST = new RegExp(
  String.raw`(?<![A-Za-z])(?:${MONTHS})[a-z]{0,6}\.? (\d{1,2})(?:st|nd|rd|th)?,? \d{4}(?![0-9A-Za-z])`,
  'gi',
);

/** Dates beside a word that says that somebody was born then. */
export const dateOfBirth: NumberDetector = {
  first: [1, 2, 4],
  detect(page, start) {
    if (!page.mentions(BIRTH)) return;
    const end = numericEnd(page.text, start) || namedEnd(page.text, start);
    if (end && !isWordAt(page.text, start - 1)) addIfAnnounced(page, start, end);
  },
};

/** Dates that begin with the name of the month. */
export function detectEnglishDates(page: Page): void {
  if (!page.mentions(BIRTH)) return;
  for (const { 0: written, 1: day, index } of page.text.matchAll(MONTH_FIRST))
    if (Number(day) >= 1 && Number(day) <= 31) addIfAnnounced(page, index, index + written.length);
}

function addIfAnnounced(page: Page, start: number, end: number): void {
  const distance = page.around(start, end).distance('DATE_OF_BIRTH', false);
  if (distance !== Infinity) page.add('DATE_OF_BIRTH', start, end, 0.7, false, distance);
}

function numericEnd(text: string, start: number): number {
  if ('./-'.includes(text[start - 1] ?? ' ') && isDigitAt(text, start - 2)) return 0;
  NUMERIC.lastIndex = start;
  const match = NUMERIC.exec(text);
  if (!match) return 0;
  const [written, first, , second, third] = match;
  const yearFirst = first.length === 4;
  if (first.length === 3 || (yearFirst && third.length === 4)) return 0;
  const year = Number(yearFirst ? first : third);
  const [day, month] = yearFirst ? [Number(third), Number(second)] : [Number(first), Number(second)];
  const isCalendar = day >= 1 && month >= 1 && ((day <= 31 && month <= 12) || (!yearFirst && day <= 12 && month <= 31));
  const isYear =
    third.length === 2 || yearFirst ? year < 100 || (year > 1890 && year < 2100) : year > 1890 && year < 2100;
  return isCalendar && isYear ? start + written.length : 0;
}

function namedEnd(text: string, start: number): number {
  const end = matchEnd(DAY_FIRST, text, start);
  const day = Number.parseInt(text.slice(start, start + 2), 10);
  return end && day >= 1 && day <= 31 ? end : 0;
}
