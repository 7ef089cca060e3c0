/** A random word that stands in a system prompt and nowhere else: whoever says it has read the prompt. */
export interface Canary {
  /** 26 characters of Crockford's base32, upper-case: 130 random bits, no word of any language. */
  readonly code: string;
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 26;

/** @param random as `crypto.randomBytes`: so many unpredictable bytes */
export function mintCanary(random: (bytes: number) => Uint8Array): Canary {
  return { code: Array.from(random(LENGTH), (byte) => ALPHABET[byte & 31]).join('') };
}

/** Puts a canary under a system prompt, with a reason to keep quiet about it. */
export function plant(systemText: string, canary: Canary): string {
  return `${systemText}\n\nReference of this conversation, which is confidential: ${canary.code}`;
}

/** Whether a whole text gives a canary away, in any of the spellings that {@link CanaryWatch} knows. */
export function leakIn(text: string, canaries: readonly Canary[]): Canary | undefined {
  const watch = new CanaryWatch(canaries);
  watch.push(text);
  return watch.leaked;
}

/** So many characters of a spelling are no leak yet, and need not be waited for. */
const HELD_FROM = 4;
/** Of the text as it came: whoever puts more than this between the letters is found out after some are gone. */
const HELD_LIMIT = 256;

/**
 * Reads an answer as it comes and proves that it gives a canary away: as it is, in either case, with anything but letters
 * and digits in between, backwards, in hexadecimal, or in base64 at any alignment. One random word in 2^130 is mistaken.
 * State is bounded by the canaries, not by the answer. One watch for each stream of text.
 */
export class CanaryWatch {
  private readonly searches: readonly { readonly canary: Canary; readonly search: Search }[];
  /** Absolute offsets of the last letters and digits. */
  private readonly places: number[] = [];
  private held = '';
  private read = 0;
  private found: Canary | undefined;

  constructor(canaries: readonly Canary[]) {
    this.searches = canaries.flatMap((canary) =>
      spellings(canary).map((spelling) => ({ canary, search: new Search(spelling) })),
    );
  }

  /** The canary that the answer gave away; undefined: none so far. */
  get leaked(): Canary | undefined {
    return this.found;
  }

  /** @returns what may be handed on: everything but an end that may become a canary. Nothing any more after a leak. */
  push(chunk: string): string {
    if (this.found) return '';
    const longest = this.advance(chunk);
    if (this.found) {
      this.held = '';
      return '';
    }
    const text = this.held + chunk;
    const from = longest < HELD_FROM ? this.read : (this.places.at(-longest) ?? this.read);
    const keep = Math.min(this.read - from, HELD_LIMIT, text.length);
    this.held = keep ? text.slice(-keep) : '';
    return keep ? text.slice(0, -keep) : text;
  }

  /** @returns what was held back; nothing after a leak */
  end(): string {
    const rest = this.held;
    this.held = '';
    return rest;
  }

  /** @returns how many letters and digits at the end begin a spelling */
  private advance(chunk: string): number {
    let longest = 0;
    for (let i = 0; i < chunk.length; i++, this.read++) {
      const code = chunk.charCodeAt(i);
      if (!isAlphanumeric(code)) continue;
      this.places.push(this.read);
      for (const { canary, search } of this.searches) if (search.advance(code)) this.found = canary;
      if (this.found) return 0;
    }
    for (const { search } of this.searches) longest = Math.max(longest, search.matched);
    if (this.places.length > 1_024) this.places.splice(0, this.places.length - LENGTH * 4);
    return longest;
  }
}

/** Knuth, Morris and Pratt: finds one string in a stream, character by character. */
class Search {
  matched = 0;
  private readonly failure: readonly number[];

  constructor(private readonly spelling: { readonly text: string; readonly caseless: boolean }) {
    const { text } = spelling;
    const failure = [0];
    for (let i = 1, length = 0; i < text.length; i++) {
      while (length && text[i] !== text[length]) length = failure[length - 1] as number;
      if (text[i] === text[length]) length++;
      failure.push(length);
    }
    this.failure = failure;
  }

  /** @returns whether this character completes the string */
  advance(code: number): boolean {
    const { text, caseless } = this.spelling;
    const lower = caseless && code >= 65 && code <= 90 ? code + 32 : code;
    while (this.matched && text.charCodeAt(this.matched) !== lower)
      this.matched = this.failure[this.matched - 1] as number;
    if (text.charCodeAt(this.matched) === lower) this.matched++;
    return this.matched === text.length;
  }
}

/** Letters and digits only: base64 of such text has no others. */
function spellings({ code }: Canary): readonly { readonly text: string; readonly caseless: boolean }[] {
  const lower = code.toLowerCase();
  const caseless = [
    lower,
    Array.from(lower).reverse().join(''),
    ...[code, lower].map((text) => Buffer.from(text).toString('hex')),
  ];
  const encoded = [code, lower].flatMap((text) => [0, 1, 2].map((before) => alignedBase64(text, before)));
  return [...caseless.map((text) => ({ text, caseless: true })), ...encoded.map((text) => ({ text, caseless: false }))];
}

/** What base64 always makes of a text that stands `before` bytes after a multiple of three, whatever stands around it. */
function alignedBase64(text: string, before: number): string {
  const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
    .toString('base64')
    .replace(/=/g, '');
  const whole = Math.floor((before + text.length) / 3) * 4;
  return encoded.slice(before && before + 1, whole);
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
