import { unzipSync, zipSync, type Unzipped } from 'fflate';
import { GatewayError } from '../../../contract/errors';
import type { Parsed, ParseLimits } from '../parsed-page';
import { DocxReader } from './docx-reader';
import { estimatedPages, known, titleOf } from './in-pages';
import { tooLarge } from './tally';

const MAIN = 'word/document.xml';
/** What has text, and what says how it hangs together. No pictures, fonts or embedded files. */
const NEEDED =
  /^(\[Content_Types\]\.xml|_rels\/\.rels|word\/(document|styles|numbering|footnotes|endnotes)\.xml|word\/_rels\/(document|footnotes|endnotes)\.xml\.rels)$/;
const ENTRIES = 5_000;
/** Where the program that wrote the file last began a page. */
const RENDERED_BREAK = /<w:lastRenderedPageBreak\s{0,9}\/>/g;
const WRITTEN_BREAK = /<w:br w:type="page"\s{0,9}\/>/g;

/** DOCX. Pages are those that were laid out when it was saved, or that its author broke; where it tells of neither it is given some. */
export async function* parseDocx(bytes: Uint8Array, limits: ParseLimits): AsyncGenerator<Parsed> {
  const entries = withPageBreaks(opened(bytes, limits));
  const reader = new DocxReader();
  const { default: mammoth } = await import('mammoth');
  const options = { transformDocument: (document: unknown) => (reader.read(document), EMPTY) };
  await mammoth.convertToHtml({ buffer: Buffer.from(zipSync(entries, { level: 0 })) }, options);
  const { pages } = reader;
  const blocks = pages.flat();
  const paged = pages.length > 1;
  yield* known(
    paged ? pages : estimatedPages(blocks),
    { pageKind: paged ? 'real' : 'estimated', ...titleOf(blocks) },
    limits,
  );
}

/** Nothing is converted: what is wanted of the document has been read by then. */
const EMPTY = { type: 'document', children: [], notes: { resolve: () => undefined }, comments: [] };

/** The parts of the archive that are needed. Each is as large as the archive says, and no larger. */
function opened(bytes: Uint8Array, { unpackedBytes: most }: ParseLimits): Unzipped {
  let [entries, unpacked] = [0, 0];
  let files: Unzipped;
  try {
    files = unzipSync(bytes, {
      filter({ name, originalSize }) {
        if (++entries > ENTRIES) throw tooLarge('too many parts', `${ENTRIES}`);
        if (!NEEDED.test(name)) return false;
        unpacked += originalSize;
        if (unpacked > most) throw tooLarge(`${unpacked} bytes once it is unpacked`, `${most}`);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError('invalid_request', 'The document is not a DOCX file: its archive cannot be read');
  }
  if (!files[MAIN])
    throw new GatewayError('invalid_request', 'The document is not a DOCX file: it has no word/document.xml');
  return files;
}

/** Spells the page breaks that were laid out as those an author writes, which the reader knows. */
function withPageBreaks(entries: Unzipped): Unzipped {
  const xml = new TextDecoder().decode(entries[MAIN]);
  if (xml.search(RENDERED_BREAK) < 0) return entries;
  // a written break is followed by a laid out one
  const spelled = xml.replace(WRITTEN_BREAK, '').replace(RENDERED_BREAK, '<w:br w:type="page"/>');
  return { ...entries, [MAIN]: new TextEncoder().encode(spelled) };
}
