import { isOurLabel } from '../tokens/token-labels';
import type { TokenVault } from '../tokens/vault';
import type { RestoreTally } from './restore-tally';
import { HEAD, type Spelling, spelt } from './spelling';
import { UrlState } from './url-state';

/**
 * A token as models alter it: a bracket lost, blanks inside, brackets and `_` escaped as in Markdown or JSON. One bracket before
 * `(` is that of a link.
 */
const ALTERED =
  /(?:\\{0,2}\[ ?|(?<!\\)\\u005b ?){1,2}([A-Z]{2,16})(?: ?\\{0,2}_ ?|[ -])([0-9A-Z]{4,12})(?: ?\\{0,2}\](?!\()| ?\\u005d| ?\]\](?=\()){1,2}/gi;

/** Without one of these there is none. */
const BRACKET = /\[|\\u005b/i;

/**
 * Puts back what tokens stand for in a text that nobody waits for, whatever became of them as long as it is plain which they are.
 * For the rest as {@link StreamRestorer} does.
 */
export class TolerantRestorer {
  private readonly pieces: string[] = [];

  constructor(
    private readonly vault: Pick<TokenVault, 'valueOf'>,
    private readonly spelling: Spelling = 'text',
    private readonly tally: RestoreTally = { values: 0, misses: 0 },
  ) {}

  /** Nothing is handed out before the end. */
  push(piece: string): string {
    this.pieces.push(piece);
    return '';
  }

  end(): string {
    const text = this.pieces.join('');
    this.pieces.length = 0;
    if (!BRACKET.test(text)) return text;
    const url = new UrlState(this.spelling === 'json');
    let restored = '';
    let at = 0;
    for (const { 0: written, 1: label = '', 2: suffix = '', index } of text.matchAll(ALTERED)) {
      const before = text.slice(at, index);
      url.pass(before);
      const { inUrl } = url;
      url.pass(written);
      restored += before + (this.valueFor(written, label, suffix, inUrl, text) ?? written);
      at = index + written.length;
    }
    return restored + text.slice(at);
  }

  private valueFor(written: string, label: string, suffix: string, inUrl: boolean, text: string): string | undefined {
    const value = this.vault.valueOf(`[[${label}_${suffix}]]`) ?? this.vault.valueOf(`[[${label}_${asMeant(suffix)}]]`);
    if (value === undefined) {
      if (written.startsWith('[[') && isOurLabel(label)) this.tally.misses++;
      return undefined;
    }
    if (inUrl) return undefined;
    this.tally.values++;
    return spelt(value, this.spelling, text.slice(0, HEAD));
  }
}

/** Crockford's alphabet has no letters that are taken for digits. */
function asMeant(suffix: string): string {
  return suffix.replace(/o/gi, '0').replace(/[il]/gi, '1');
}
