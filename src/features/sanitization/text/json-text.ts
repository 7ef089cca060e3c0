import type { Literal } from '../inspect/json-searched';

const MAX_DEPTH = 200;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

export interface NamedLiteral extends Literal {
  /** The name of the member it is the value of, or below; empty for names themselves. */
  readonly name: string;
}

/** Literals read between two chances for others. */
const STRETCH = 500;

/** The strings, names and numbers in a JSON text, in order; undefined when the text is not JSON, or nested too deeply. */
export function literalsIn(text: string): readonly NamedLiteral[] | undefined {
  const reading = readLiterals(text);
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
  }
}

/** The same, with a pause at every `yield` for whoever wants one. */
export function readLiterals(text: string): Generator<void, readonly NamedLiteral[] | undefined> {
  return new Reading(text).all();
}

class Reading {
  private at = 0;
  private readonly found: NamedLiteral[] = [];
  /** Of each container that is open: what closes it, and the name it stands under. */
  private readonly open: { readonly close: '}' | ']'; readonly name: string }[] = [];

  constructor(private readonly text: string) {}

  *all(): Generator<void, readonly NamedLiteral[] | undefined> {
    let name = '';
    for (let values = 1; ; values++) {
      if (values % STRETCH === 0) yield;
      // a value
      this.skip();
      const char = this.text[this.at];
      if (char === '{' || char === '[') {
        if (this.open.length >= MAX_DEPTH) return undefined;
        this.at++;
        this.open.push({ close: char === '{' ? '}' : ']', name });
        this.skip();
        if (this.text[this.at] !== this.open.at(-1)?.close) {
          const next = this.nextName();
          if (next === undefined) return undefined;
          name = next;
          continue;
        }
      } else if (!this.scalar(name)) return undefined;
      // what follows a value
      for (;;) {
        this.skip();
        const inside = this.open.at(-1);
        if (!inside) return this.at === this.text.length ? this.found : undefined;
        const next = this.text[this.at++];
        if (next === ',') {
          const follows = this.nextName();
          if (follows === undefined) return undefined;
          name = follows;
          break;
        }
        if (next !== inside.close) return undefined;
        this.open.pop();
      }
    }
  }

  /** The name of the next member, in an object; that of the list, in a list. Undefined where there should be one. */
  private nextName(): string | undefined {
    const inside = this.open.at(-1);
    if (inside?.close !== '}') return inside?.name;
    this.skip();
    const name = this.string('');
    this.skip();
    return name !== undefined && this.text[this.at++] === ':' ? name : undefined;
  }

  private scalar(name: string): boolean {
    if (this.text[this.at] === '"') return this.string(name) !== undefined;
    const start = this.at;
    if (this.match(WORD)) return true;
    if (!this.match(NUMBER)) return false;
    this.found.push({ value: this.text.slice(start, this.at), start, end: this.at, name });
    return true;
  }

  private string(name: string): string | undefined {
    const start = this.at;
    const end = this.text[start] === '"' ? closingQuote(this.text, start + 1) : -1;
    if (end < 0) return undefined;
    this.at = end + 1;
    try {
      const value = JSON.parse(this.text.slice(start, this.at)) as string;
      this.found.push({ value, start, end: this.at, name });
      return value;
    } catch {
      return undefined;
    }
  }

  private skip(): void {
    this.match(SPACE);
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }
}

/** Where the string ends that begins before `from`; -1 where it does not. */
function closingQuote(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote;
  }
  return -1;
}
