import { SHORTEST_SECRET, type SecretForm } from './secret-forms';

export interface NamedForm extends SecretForm {
  readonly name: string;
}
/** A stretch of text; `end` is exclusive. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

const WINDOW = SHORTEST_SECRET;
const BLOCK = 3;
const FURTHEST = WINDOW - BLOCK + 1;
const BUCKETS = 65_536;
/** So much of a secret's beginning, at an end of text, is a secret that was cut off. */
const SHORTEST_CUT = 12;
const LONGEST_CUT = 300;
/** Where a text that was cut off ends: the text around it, a quotation mark, which may be escaped, or an ellipsis. */
const END = /["\\…]/;

/**
 * Finds any of many texts in one pass (Wu and Manber's way): most characters are stepped over, and how many texts there are
 * matters only to the memory. Texts have at least eight characters. It cannot be printed.
 */
export class SecretMatcher {
  /** How far the window may move when it ends with a block of that hash. */
  readonly #steps = new Uint8Array(BUCKETS).fill(FURTHEST);
  readonly #forms = new Map<string, NamedForm>();
  /** By their first characters: how long the texts are that begin so, longest first. */
  readonly #lengths = new Map<string, number[]>();

  readonly #sorted: readonly string[];

  constructor(forms: Iterable<NamedForm>) {
    for (const form of forms) this.#add(form);
    this.#sorted = [...this.#forms.keys()].sort((a, b) => (a < b ? -1 : 1));
    for (const each of this.#lengths.values()) each.sort((a, b) => b - a);
  }

  /** @returns where they stand, in order and apart from each other; undefined when none does */
  find(text: string): readonly Match[] | undefined {
    let found: Match[] | undefined;
    const steps = this.#steps;
    if (!this.#forms.size) return undefined;
    let least = 0;
    for (let last = WINDOW - 1; last < text.length;) {
      const step = steps[bucket(text.charCodeAt(last - 2), text.charCodeAt(last - 1), text.charCodeAt(last))]!;
      if (step) {
        last += step;
        continue;
      }
      const match = this.#at(text, last - WINDOW + 1, least);
      if (!match) {
        last++;
        continue;
      }
      (found ??= []).push(match);
      least = match.end;
      last = match.end + WINDOW - 1;
    }
    return found;
  }

  #at(text: string, start: number, least: number): Match | undefined {
    const lengths = this.#lengths.get(text.slice(start, start + WINDOW));
    if (!lengths) return undefined;
    for (const length of lengths) {
      const form = this.#forms.get(text.slice(start, start + length));
      const end = start + length;
      if (!form || (form.word && (isPlain(text, start - 1) || isPlain(text, end)))) continue;
      return { name: form.name, ...(form.middle ? widened(text, start, end, least) : { start, end }) };
    }
    return this.#cutAt(text, start);
  }

  /** Messages are cut at some length, and with them what they quote: the beginning of a secret is then all that is left. */
  #cutAt(text: string, start: number): Match | undefined {
    const ahead = text.slice(start, start + LONGEST_CUT);
    const stop = ahead.search(END);
    const rest = stop < 0 ? ahead : ahead.slice(0, stop);
    if (rest.length < SHORTEST_CUT || rest.length === LONGEST_CUT) return undefined;
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]! < rest) low = middle + 1;
      else high = middle;
    }
    const form = this.#sorted[low]?.startsWith(rest) ? this.#forms.get(this.#sorted[low]!) : undefined;
    return form && !form.word ? { name: form.name, start, end: start + rest.length } : undefined;
  }

  #add(form: NamedForm): void {
    const { text } = form;
    if (text.length < WINDOW || this.#forms.has(text)) return;
    this.#forms.set(text, form);
    const beginning = text.slice(0, WINDOW);
    const lengths = this.#lengths.get(beginning) ?? [];
    if (!lengths.includes(text.length)) lengths.push(text.length);
    this.#lengths.set(beginning, lengths);
    for (let last = BLOCK - 1; last < WINDOW; last++) {
      const at = bucket(text.charCodeAt(last - 2), text.charCodeAt(last - 1), text.charCodeAt(last));
      this.#steps[at] = Math.min(this.#steps[at]!, WINDOW - 1 - last);
    }
  }
}

function bucket(first: number, second: number, third: number): number {
  return ((first << 11) ^ (second << 5) ^ third) & (BUCKETS - 1);
}

/** Two characters on either side hold bits of it as well; then comes what fills the last group. */
function widened(text: string, start: number, end: number, least: number): { start: number; end: number } {
  let [from, to] = [start, end];
  while (start - from < 2 && from > least && isBase64(text.charCodeAt(from - 1))) from--;
  while (to - end < 2 && isBase64(text.charCodeAt(to))) to++;
  for (let fill = 0; fill < 2 && text[to] === '='; fill++) to++;
  return { start: from, end: to };
}

function isBase64(code: number): boolean {
  return isLetterOrDigit(code) || code === 0x2b || code === 0x2f || code === 0x2d || code === 0x5f;
}

function isPlain(text: string, at: number): boolean {
  return at >= 0 && isLetterOrDigit(text.charCodeAt(at));
}

/** Of ASCII; false behind the end of a text. */
function isLetterOrDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
