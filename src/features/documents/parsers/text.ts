import type { Block, Parsed, ParseLimits } from '../parsed-page';
import { estimatedPages, known } from './in-pages';
import { Tally } from './tally';

const FORM_FEED = '\f';

/** Plain text. A form feed ends a page; a document without any is given pages. */
export async function* parseText(bytes: Uint8Array, limits: ParseLimits): AsyncGenerator<Parsed> {
  const text = decoded(bytes);
  new Tally(limits).add(text.length);
  const parts = text.split(FORM_FEED);
  if (parts.length > 1) yield* known(parts.map(paragraphs), { pageKind: 'real' }, limits);
  else yield* known(estimatedPages(paragraphs(text)), { pageKind: 'estimated' }, limits);
}

/** UTF-8, or UTF-16 where a byte order mark says so; what is not is replaced. Lines end with a line feed. */
export function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const wide =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(wide).decode(bytes).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
}

/** What stands between empty lines. */
function paragraphs(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  for (const line of [...text.split('\n'), '']) {
    if (line.trim()) lines.push(line.trimEnd());
    else if (lines.length) {
      blocks.push({ text: lines.join('\n') });
      lines = [];
    }
  }
  return blocks;
}
