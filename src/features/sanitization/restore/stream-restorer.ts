import { isOurLabel } from '../tokens/token-labels';
import type { TokenVault } from '../tokens/vault';
import type { RestoreTally } from './restore-tally';
import { HEAD, type Spelling, spelt } from './spelling';
import { UrlState } from './url-state';

export type { Spelling } from './spelling';

/** Markdown, and Markdown in JSON, may spell `_` as `\_`. */
const TOKEN = /\[\[([A-Z]{2,16})\\{0,2}_([0-9A-Z]{4,12})\]\]/iy;
/** What may still become one. */
const BEGINNING = /^\[(?:\[(?:[A-Z]{0,16}(?:\\{1,2}|\\{0,2}_(?:[0-9A-Z]{0,12}\]?)?)?)?)?$/i;
/** No token is longer. */
const LONGEST = 40;

/**
 * Puts back what tokens stand for, in a text that comes in pieces: exactly what would become of it in one. It holds back what may
 * still become a token, 34 characters at most, and never lets go of half of one. Tokens of other calls stay as they are, and
 * so does whatever stands in a link.
 */
export class StreamRestorer {
  private held = '';
  private head = '';
  private readonly url: UrlState;

  constructor(
    private readonly vault: Pick<TokenVault, 'valueOf'>,
    private readonly spelling: Spelling = 'text',
    private readonly tally: RestoreTally = { values: 0, misses: 0 },
  ) {
    this.url = new UrlState(spelling === 'json');
  }

  push(piece: string): string {
    const text = this.held + piece;
    this.held = '';
    let restored = '';
    let at = 0;
    for (let from = 0; ;) {
      const bracket = text.indexOf('[', from);
      if (bracket < 0) return restored + this.passed(text.slice(at));
      from = bracket + 1;
      TOKEN.lastIndex = bracket;
      const token = TOKEN.exec(text);
      if (token) {
        const [written, label = '', suffix = ''] = token;
        restored += this.passed(text.slice(at, bracket)) + this.restored(written, label, suffix);
        at = from = bracket + written.length;
      } else if (text.length - bracket < LONGEST && BEGINNING.test(text.slice(bracket))) {
        this.held = text.slice(bracket);
        return restored + this.passed(text.slice(at, bracket));
      }
    }
  }

  /** After the last piece: what was held back after all. */
  end(): string {
    const { held } = this;
    this.held = '';
    return this.passed(held);
  }

  private restored(written: string, label: string, suffix: string): string {
    const { inUrl } = this.url;
    const { head } = this;
    this.passed(written);
    const value = this.vault.valueOf(`[[${label}_${suffix}]]`);
    if (value === undefined && isOurLabel(label)) this.tally.misses++;
    if (value === undefined || inUrl) return written;
    this.tally.values++;
    return spelt(value, this.spelling, head);
  }

  private passed(text: string): string {
    this.url.pass(text);
    if (this.head.length < HEAD) this.head += text.slice(0, HEAD - this.head.length);
    return text;
  }
}

export function restoredText(text: string, vault: Pick<TokenVault, 'valueOf'>, spelling: Spelling = 'text'): string {
  const restorer = new StreamRestorer(vault, spelling);
  return restorer.push(text) + restorer.end();
}
