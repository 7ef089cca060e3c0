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

const SIZE = 16_384;
/** Longer than any finding and what is looked at around it. */
const MARGIN = 6_144;
/** What is looked at around a finding. */
const AROUND = 192;
const BETWEEN_WORDS = /[a-zà-öø-ÿ]{3}[ \n](?=[a-zà-öø-ÿ]{3})/g;

interface Cut {
  readonly at: number;
  /** Nothing that could be a finding reaches across. */
  readonly safe: boolean;
}

/** Slices that together hold every finding once: cut between two plain words where there are some, wherever it is otherwise. */
export function* slicesOf(text: string): Generator<Slice> {
  let last: Cut = { at: 0, safe: true };
  while (last.at < text.length) {
    const next = nextCut(text, last.at);
    const from = Math.max(0, last.at - (last.safe ? AROUND : MARGIN));
    const to = Math.min(text.length, next.at + (next.safe ? AROUND : MARGIN));
    yield { start: last.at, end: next.at, from, to };
    last = next;
  }
}

function nextCut(text: string, start: number): Cut {
  const target = start + SIZE;
  if (target >= text.length) return { at: text.length, safe: true };
  for (let back = 256; back <= 4_096; back *= 4) {
    const stretch = text.slice(target - back, target + 4);
    let at = -1;
    for (const { index } of stretch.matchAll(BETWEEN_WORDS)) at = index + 4;
    if (at >= 0 && at <= back) return { at: target - back + at, safe: true };
  }
  return { at: target, safe: false };
}
