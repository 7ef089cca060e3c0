import type { getDocumentProxy } from 'unpdf';
import { GatewayError } from '../../../contract/errors';
import type { Block, Parsed, ParseLimits } from '../parsed-page';
import { LineSizes, linesOf, type PlacedText } from './pdf-lines';
import { Tally } from './tally';

const OPTIONS = {
  isEvalSupported: false,
  disableFontFace: true,
  useSystemFonts: false,
  stopAtErrors: false,
  verbosity: 0,
} as const;

/** PDF, a page at a time: the first pages are there while the last ones are still to be read. */
export async function* parsePdf(bytes: Uint8Array, limits: ParseLimits): AsyncGenerator<Parsed> {
  const pdf = await opened(bytes);
  const tally = new Tally(limits);
  tally.checkPages(pdf.numPages);
  const title = await titleOf(pdf);
  yield { type: 'head', head: { pages: pdf.numPages, pageKind: 'real', ...(title && { title }) } };
  const sizes = new LineSizes();
  for (let number = 1; number <= pdf.numPages; number++) {
    const blocks = await blocksOf(pdf, number, sizes);
    for (const { text } of blocks) tally.add(text.length);
    yield { type: 'page', page: { number, blocks } };
  }
}

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

async function opened(bytes: Uint8Array): Promise<Pdf> {
  // it is large, and most documents are no PDFs
  const unpdf = await import('unpdf');
  try {
    // it keeps what it is given
    return await unpdf.getDocumentProxy(bytes.slice(), OPTIONS);
  } catch (error) {
    const isLocked = error instanceof Error && error.name === 'PasswordException';
    throw new GatewayError(
      'invalid_request',
      isLocked ? 'The document is a PDF that needs a password' : 'The document cannot be read as a PDF',
      { cause: error },
    );
  }
}

async function titleOf(pdf: Pdf): Promise<string | undefined> {
  try {
    const { info } = await pdf.getMetadata();
    const title = (info as { Title?: unknown }).Title;
    return typeof title === 'string' ? title.trim().slice(0, 300) || undefined : undefined;
  } catch {
    return undefined;
  }
}

/** A page that is broken has no text; that it has none is told to whoever wants the document read. */
async function blocksOf(pdf: Pdf, number: number, sizes: LineSizes): Promise<readonly Block[]> {
  try {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    page.cleanup();
    return sizes.blocks(linesOf(items.filter((item): item is PlacedText & typeof item => 'str' in item)));
  } catch {
    return [];
  }
}
