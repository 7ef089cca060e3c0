import type { ChunkPage } from '../split/chunk';
import { folded } from './folded-text';

/** A quote that was found. */
export interface FoundQuote {
  /** Where it begins. */
  readonly page: number;
  /** It was said to be on another page. */
  readonly moved: boolean;
}

/** Shorter ones stand everywhere. */
const LEAST_CHARACTERS = 4;
const MOST_CHARACTERS = 2_000;
const GAPS = /\.{3,10}|…|\[\.{3}\]/;
const MOST_PARTS = 10;

/** Finds quotes in the pages that a model was shown. */
export class QuotedPages {
  private readonly texts: readonly { readonly number: number; readonly text: string }[];

  constructor(pages: readonly ChunkPage[]) {
    this.texts = pages.map(({ number, text }) => ({ number, text: folded(text) }));
  }

  /** Where a quote really stands: on the page that was named, or else on another of these. It may run on to the next page. */
  find(quote: string, page: number): FoundQuote | undefined {
    const parts = partsOf(quote);
    if (!parts) return undefined;
    const named = this.texts.findIndex(({ number }) => number === page);
    const order = [...(named < 0 ? [] : [named]), ...this.texts.keys()];
    for (const i of order)
      if (this.stands(parts, i)) {
        const { number } = this.texts[i] ?? { number: page };
        return { page: number, moved: number !== page };
      }
    return undefined;
  }

  private stands(parts: readonly string[], i: number): boolean {
    const text = this.texts[i]?.text ?? '';
    const both = text + (this.texts[i + 1]?.text ?? '');
    const [first = ''] = parts;
    let at = both.indexOf(first);
    // it must begin on this page
    if (at < 0 || at >= text.length) return false;
    for (const part of parts) {
      at = both.indexOf(part, at);
      if (at < 0) return false;
      at += part.length;
    }
    return true;
  }
}

/** What a quote consists of, between the gaps that it leaves. */
function partsOf(quote: string): readonly string[] | undefined {
  if (quote.length > MOST_CHARACTERS) return undefined;
  const parts = quote
    .split(GAPS)
    .map((part) => folded(part).replace(/^["']+|["']+$/g, ''))
    .filter(Boolean);
  if (!parts.length || parts.length > MOST_PARTS) return undefined;
  return parts.join('').length < LEAST_CHARACTERS ? undefined : parts;
}
