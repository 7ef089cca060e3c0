import type { Secret } from '../secrets/secret';
import { escapeControls, escapeLine, isPlainJson } from '../../contract/escape-controls';
import { KnownSecrets, type SecretHolder } from './known-secrets';
import { isFree, rewritten, someFree } from './log-line';
import { SecretMatcher } from './secret-matcher';

/** A stretch of text that looks personal; offsets in UTF-16 units, `end` exclusive. */
export interface TextFinding {
  readonly start: number;
  readonly end: number;
  readonly entity: string;
}
/** Where a text looks personal. Must be synchronous, quick and free of side effects. */
export type Detect = (text: string) => readonly TextFinding[];

/** Names, routes and messages come again and again: what was found harmless is remembered. */
const REMEMBERED = 2_000;
const REMEMBERED_LENGTH = 128;
/** Credentials of backends change without an event: holders are asked again, at once where a line tells of trouble. */
const ASK_EVERY_MS = 1_000;
const CALM = /^\{"level":"(info|debug|trace)"/;
/** A key of a caller, which is kept nowhere but as a hash. */
const API_KEY = /gh_[A-Za-z0-9_-]{43}/g;
/** More of one string is not shown in a line. */
const LONGEST_TEXT = 10_000;
const WITHHELD = '[withheld]';

/**
 * The last filter before text leaves the process: values of secrets are replaced by their names, what looks personal by what
 * it is. It looks at a text once, however many secrets there are.
 */
export class Scrubber {
  readonly #secrets: KnownSecrets;
  readonly #now: () => number;
  #matcher = new SecretMatcher([]);
  #askedAt = -Infinity;
  #detect: Detect | undefined;
  readonly #harmless = new Set<string>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#secrets = new KnownSecrets(now);
  }

  /** All secrets of a configuration, from now on and whatever they are rotated to. */
  follow(holder: SecretHolder): void {
    this.#secrets.follow(holder);
    this.refresh();
  }

  /** One that the configuration does not hold; values of fewer than eight characters are not looked for. */
  protect(name: string, value: Secret | string): void {
    if (this.#secrets.add(name, value)) this.#rebuild();
  }

  /** Secrets were rotated. Former values are looked for a day longer. */
  refresh(): void {
    this.#askedAt = this.#now();
    if (this.#secrets.refresh()) this.#rebuild();
  }

  /** The seat of whoever knows what personal data looks like; a later one takes the place of an earlier one. */
  detectWith(detect: Detect): void {
    this.#detect = detect;
    this.#harmless.clear();
  }

  /** Any text: error messages, attributes of traces, data of jobs. */
  text(text: string): string {
    this.#ask(ASK_EVERY_MS);
    return this.#withoutFindings(this.#withoutSecrets(text));
  }

  /** Likewise, and nothing in it can steer a terminal; tabs and line feeds stay. */
  printable(text: string): string {
    this.#ask(0);
    return escapeControls(this.text(text));
  }

  /** A line of JSON with its line feed, which stays one: its numbers and the identifiers that the gateway makes are left alone. */
  line(line: string): string {
    this.#ask(CALM.test(line) ? ASK_EVERY_MS : 0);
    const objected = this.#hasSecret(line) || someFree(line, this.#objects, this.#harmless);
    if (!objected && isPlainJson(line)) return line;
    const content = line.replace(/\n$/, '');
    return `${escapeLine(objected ? this.#rewritten(content) : content)}\n`;
  }

  #rewritten(line: string): string {
    let clean: string;
    try {
      clean = rewritten(line, {
        text: (text, field) => {
          // something found may reach past the longest that is shown
          const known = this.#withoutSecrets(text).slice(0, 2 * LONGEST_TEXT);
          return (isFree(field, known) ? this.#withoutFindings(known) : known).slice(0, LONGEST_TEXT);
        },
        number: (digits) => this.#withoutSecrets(digits),
      });
    } catch {
      clean = this.#withoutFindings(line);
    }
    // whatever is left spans several strings: rather no JSON than a secret
    return this.#withoutSecrets(clean);
  }

  #hasSecret(text: string): boolean {
    return this.#matcher.find(text) !== undefined || (text.includes('gh_') && text.search(API_KEY) >= 0);
  }

  #withoutSecrets(text: string): string {
    const found = this.#matcher.find(text);
    const known = found ? replaced(text, found, ({ name }) => `[secret ${name}]`) : text;
    return known.includes('gh_') ? known.replace(API_KEY, '[secret API key]') : known;
  }

  #withoutFindings(text: string): string {
    if (!this.#detect || this.#harmless.has(text)) return text;
    try {
      const found = this.#detect(text);
      if (!found.length) return text;
      const inOrder = found.toSorted((a, b) => a.start - b.start || b.end - a.end);
      return replaced(text, inOrder, ({ entity }) => `[${entity}]`);
    } catch {
      return WITHHELD;
    }
  }

  readonly #objects = (spelled: string): boolean => {
    if (this.#harmless.has(spelled)) return false;
    if (spelled.length > LONGEST_TEXT) return true;
    const escaped = spelled.includes('\\');
    const text = escaped ? (JSON.parse(`"${spelled}"`) as string) : spelled;
    if (this.#withoutFindings(text) !== text) return true;
    if (escaped || spelled.length > REMEMBERED_LENGTH) return false;
    if (this.#harmless.size >= REMEMBERED) this.#harmless.clear();
    this.#harmless.add(spelled);
    return false;
  };

  #ask(everyMs: number): void {
    if (this.#now() - this.#askedAt >= everyMs) this.refresh();
  }

  #rebuild(): void {
    this.#matcher = new SecretMatcher(this.#secrets.forms());
  }
}

/** Stretches that overlap are replaced as one. */
function replaced<T extends { readonly start: number; readonly end: number }>(
  text: string,
  found: readonly T[],
  label: (one: T) => string,
): string {
  let [clean, at] = ['', 0];
  for (const one of found) {
    if (one.start >= at) clean += text.slice(at, one.start) + label(one);
    at = Math.max(at, one.end);
  }
  return clean + text.slice(at);
}
