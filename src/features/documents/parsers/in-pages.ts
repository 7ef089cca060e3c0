import type { Block, DocumentHead, ParsedPage, Parsed, ParseLimits } from '../parsed-page';
import { Tally } from './tally';

const PAGE_CHARACTERS = 3_000;

/** A document whose pages are known, as a parser gives it. */
export function* known(
  pages: readonly (readonly Block[])[],
  head: Omit<DocumentHead, 'pages'>,
  limits: ParseLimits,
): Generator<Parsed> {
  const tally = new Tally(limits);
  tally.checkPages(pages.length);
  for (const blocks of pages) for (const { text } of blocks) tally.add(text.length);
  yield { type: 'head', head: { ...head, pages: pages.length } };
  for (const [i, blocks] of pages.entries())
    yield { type: 'page', page: { number: i + 1, blocks } satisfies ParsedPage };
}

/** Pages for a document that has none: about 3,000 characters each, whole blocks. */
export function estimatedPages(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const pages: Block[][] = [[]];
  let characters = 0;
  for (const block of blocks) {
    if (characters && characters + block.text.length > PAGE_CHARACTERS) {
      pages.push([]);
      characters = 0;
    }
    pages.at(-1)?.push(block);
    characters += block.text.length;
  }
  return pages;
}

/** The first heading of the highest rank, which usually is what a document calls itself. */
export function titleOf(blocks: readonly Block[]): { title?: string } {
  const headings = blocks.filter(({ heading }) => heading !== undefined);
  const highest = Math.min(...headings.map(({ heading = 6 }) => heading));
  const title = headings.find(({ heading }) => heading === highest)?.text;
  return title === undefined ? {} : { title: title.slice(0, 300) };
}
