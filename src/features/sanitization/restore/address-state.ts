/** Begins an address. What is spelt in another way, as escapes in JSON, is caught by the scheme. Browsers take `/\` for `//`. */
const BEGINS = /(?:\/[/\\]|https?:|mailto:|www\.|\b(?:href|src|action)\s{0,4}=)$/i;
/** The last characters of what begins one: only there is it looked for. */
const LAST_OF_BEGINNING = '/\\:.=';
/** What of an address may be there when it is noticed. */
const BEGINNING = /[a-z]{0,8}[:/\\.]{0,3}$/i;
/** Where the target of a link begins in Markdown, and that of its definition. */
const LINK = /\]\(\s{0,8}$/;
const DEFINITION = /\]:\s{0,8}$/;
const BLANKS = ' \t\r\n\f\v';
/** What ends an address that just stands there, by what stands before it. */
const CLOSING: Readonly<Record<string, string>> = { '"': '"', '<': '>' };

type Kind = 'none' | 'bare' | 'target' | 'attribute';

/**
 * An address that a blank ends. What else ends it depends on what it is. The target of a link in Markdown may hold quotes, backticks,
 * NBSP and angle brackets; an attribute without quotes ends with `>`; an address that just stands there with `<`, or with the
 * quote that it began with.
 */
export class AddressState {
  private kind: Kind = 'none';
  private closing = '';
  /** Round brackets open in a target. */
  private depth = 0;
  /** What a target stands in: a browser may read no Markdown. */
  private around: Kind = 'none';

  get isOpen(): boolean {
    return this.kind !== 'none';
  }

  close(): void {
    this.kind = 'none';
  }

  /**
   * @param before what the text said before the character, its last 32 characters at least where there were so many
   * @param endsString the character ends a string of a document in JSON
   */
  step(char: string, before: string, endsString: boolean): void {
    if (BLANKS.includes(char)) this.kind = 'none';
    else if (this.kind === 'target') this.bracket(char, before);
    else if (char === '(' && before.endsWith(']')) this.target(0);
    else if (this.kind === 'none') this.begin(char, before);
    else if (this.kind === 'attribute' ? char === '>' : char === '<' || char === this.closing || endsString)
      this.kind = 'none';
  }

  private begin(char: string, before: string): void {
    if (!LAST_OF_BEGINNING.includes(char) || !BEGINS.test(before + char)) return;
    const front = (before + char).replace(BEGINNING, '');
    if (LINK.test(front)) this.target(0);
    else if (DEFINITION.test(front)) this.target(Infinity);
    else if (char === '=') this.kind = 'attribute';
    else {
      this.kind = 'bare';
      this.closing = CLOSING[front.at(-1) ?? ''] ?? '';
    }
  }

  /** @param depth brackets that close before the target is over */
  private target(depth: number): void {
    this.around = this.kind;
    this.kind = 'target';
    this.depth = depth;
  }

  /** After the bracket that closes a target what follows may, until a blank, still belong to an address that is none. */
  private bracket(char: string, before: string): void {
    if (char === '(') this.depth++;
    else if (char === ')' && !before.endsWith('\\') && --this.depth < 0) {
      this.kind = this.around === 'attribute' ? 'attribute' : 'bare';
      this.closing = '';
    }
  }
}
