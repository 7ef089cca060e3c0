import { detectIdentifiers } from './detectors/all';
import type { PhoneDetector } from './detectors/phone';
import { encodedIn } from './encoded';
import { ACTION_THRESHOLD, resolveOverlaps, type Candidate } from './overlap';
import { Page } from './page';
import { Alphabet, LETTERS } from './text/alphabet';

/** How much of what stands before an encoded stretch may announce what it says. */
const LABEL = 48;
/** No pattern reaches across it, words on both sides are still beside each other, and normalised text never has it. */
export const BREAK = '\u2063';
/**
 * Where nothing of these is, nothing is found: digits and `@`, signs of assignment and of encoding, prefixes of keys, long words. Each by itself:
 * the engine then looks for it with instructions for many characters at once, or skips, and not for all of them at every character.
 */
const ANYTHING = [/[0-9@%:=]/, /-----BEGIN/, /A[KSBC][IC]A/, /[A-Za-z][_-][A-Za-z]{8}/, / (?:is|é|e|es) /];
const LONG_WORD = new Alphabet(`${LETTERS}+/`);
const LONG = 24;

/** Whether something may be found in it, or in what follows it: what may stand on both sides of a break, none of this does. */
export function mayHold(text: string): boolean {
  return ANYTHING.some((pattern) => pattern.test(text)) || LONG_WORD.run(text, LONG) !== undefined;
}

/** Everything in a stretch of normalised text that may be a finding, where it may hold one; candidates may overlap. */
export function readPage(text: string, phones: PhoneDetector): readonly Candidate[] {
  const page = readOnce(text, phones);
  for (const { start, end, decoded } of encodedIn(text)) {
    const label = text.slice(Math.max(0, start - LABEL), start) + BREAK;
    const inner = resolveOverlaps(readOnce(label + decoded, phones).candidates).filter(
      (one) => one.start >= label.length && one.confidence >= ACTION_THRESHOLD,
    );
    for (const { entity, confidence, validated } of inner) page.add(entity, start, end, confidence, validated, 0);
  }
  return page.candidates;
}

function readOnce(text: string, phones: PhoneDetector): Page {
  const page = new Page(text);
  const groups = detectIdentifiers(page);
  page.claim();
  for (const start of groups) phones.detect(page, start);
  return page;
}
