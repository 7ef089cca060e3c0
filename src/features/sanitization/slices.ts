/** A part of a text to be searched on its own. */
export interface Slice {
  /** Findings that begin from here on … */
  readonly start: number;
  /** … and before here belong to this slice. */
  readonly end: number;
  /** What has to be read for them. */
  readonly from: number;
  readonly to: number;
}

/** A place where a text is cut, and how much on either side has to be read for what lies on the other. */
interface Cut {
  readonly at: number;
  readonly margin: number;
}

/** Between two plain words: nothing reaches across, but words on one side announce numbers on the other. */
const BETWEEN_WORDS = { pattern: /[a-zà-öø-ÿ]{3}[ \n](?=[a-zà-öø-ÿ]{3})/g, margin: 960 };
/** At another space: numbers in groups reach across; what has no spaces in it does not. */
const AT_SPACE = { pattern: /[ \n]/g, margin: 1_024 };
/** Beside a sign that no encoded stretch or long key has in it. */
const AT_SIGN = { pattern: /[^0-9A-Za-z%._~+/=-]/g, margin: 1_536 };
/** Anywhere: longer than any finding and what is looked at around it. */
const ANYWHERE = 6_144;
const LEAST_ANYWHERE = 8_192;
/** A private key has spaces and lines in it, and is as long as one cut anywhere must allow for. */
const PRIVATE_KEY = '-----BEGIN ';
/** How far before the wanted place a better one is looked for. */
const STEPS = [256, 2_048];

/**
 * Slices that together hold every finding once.
 * @param size how long the next slice should be, in characters; asked before each
 */
export function* slicesOf(text: string, size: () => number): Generator<Slice> {
  let last: Cut = { at: 0, margin: 0 };
  while (last.at < text.length) {
    const next = nextCut(text, last.at, size());
    yield {
      start: last.at,
      end: next.at,
      from: Math.max(0, last.at - last.margin),
      to: Math.min(text.length, next.at + next.margin),
    };
    last = next;
  }
}

function nextCut(text: string, start: number, size: number): Cut {
  const target = start + size;
  if (target >= text.length) return { at: text.length, margin: 0 };
  const hasKey = text.slice(Math.max(0, target - ANYWHERE), target).includes(PRIVATE_KEY);
  for (const { pattern, margin } of hasKey ? [] : [BETWEEN_WORDS, AT_SPACE, AT_SIGN])
    for (const step of STEPS) {
      const from = Math.max(start, target - step);
      let at = -1;
      for (const match of text.slice(from, target + 3).matchAll(pattern)) at = from + match.index + match[0].length;
      if (at > start && at <= target) return { at, margin };
    }
  // so much is read around it that a short slice would be mostly that
  return { at: Math.min(text.length, start + Math.max(size, LEAST_ANYWHERE)), margin: ANYWHERE };
}
