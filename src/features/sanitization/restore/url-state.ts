import { AddressState } from './address-state';
import { beginsJson, HEAD } from './spelling';

/** After these a quote opens an address, in which blanks may stand: browsers leave them out. */
const ATTRIBUTE =
  /\b(?:href|src|srcset|action|formaction|poster|background|style|ping|cite|content)\s{0,4}=\s{0,4}\\{0,3}$/i;
/** After these `<` does, in Markdown. */
const DESTINATION = /\](?:\(|:)\s{0,8}$/;
/** As much as may have to do with what comes next. */
const KEPT = 32;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** By code: what may change something, always or only within an address or an escape. */
const [ALWAYS, WITHIN] = [1, 2];
const TELLING = new Uint8Array(256);
for (const char of '"\'<>()\\/:.=') TELLING[char.charCodeAt(0)] = ALWAYS;
for (const char of ' \t\r\n\f\v') TELLING[char.charCodeAt(0)] = WITHIN;

/**
 * Knows whether what comes next in a text belongs to a link: what is put back there is told to whoever owns the host. A text may be
 * read as Markdown or as HTML, and which is not known; so both readings are followed, and either is enough.
 */
export class UrlState {
  private recent = '';
  private head = '';
  private readonly address = new AddressState();
  /** What ends a quoted address; empty outside of one. */
  private closing = '';
  private escaped = false;

  /** @param json the text is JSON: its strings end with quotes, and blanks may be spelt as escapes */
  constructor(private readonly json = false) {}

  get inUrl(): boolean {
    return this.closing !== '' || this.address.isOpen;
  }

  pass(text: string): void {
    if (this.head.length < HEAD) this.head += text.slice(0, HEAD - this.head.length);
    for (let i = 0; i < text.length; i++) {
      const telling = TELLING[text.charCodeAt(i)];
      if (telling === ALWAYS || this.escaped || (telling === WITHIN && this.inUrl)) this.step(text, i);
    }
    this.recent = text.length < KEPT ? (this.recent + text).slice(-KEPT) : text.slice(-KEPT);
  }

  private step(text: string, at: number): void {
    const written = text[at] as string;
    const { escaped } = this;
    if (this.json) this.escaped = written === '\\' && !escaped;
    const char = (escaped && ESCAPES[written]) || written;
    const before = this.before(text, at);
    if (this.json && char === '"' && !escaped) {
      // a string of the document is over, or begins
      this.closing = '';
      this.address.close();
      return;
    }
    // an answer may be JSON without having been asked for as such; for the targets of links this is not relied on
    const endsString = char === '"' && !before.endsWith('\\') && beginsJson(this.head);
    this.address.step(char, before, endsString);
    if (this.closing) {
      if (char === this.closing || (this.closing === '>' && char === '\n')) this.closing = '';
    } else if ((char === '"' || char === "'") && ATTRIBUTE.test(before)) this.closing = char;
    else if (char === '<' && DESTINATION.test(before)) this.closing = '>';
  }

  private before(text: string, at: number): string {
    return at < KEPT ? (this.recent + text.slice(0, at)).slice(-KEPT) : text.slice(at - KEPT, at);
  }
}
