import { strToU8, zipSync } from 'fflate';
import { PDFDocument, StandardFonts } from 'pdf-lib';

const LINE = 80;

/** What stands on one page: a heading, if any, and paragraphs. */
export interface PrintedPage {
  readonly heading?: string;
  readonly paragraphs: readonly string[];
}

/** A real PDF, one page for each, with headings in larger letters. */
export async function pdfOf(pages: readonly PrintedPage[], title = 'Master agreement'): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  pdf.setTitle(title);
  const font = await pdf.embedFont(StandardFonts.TimesRoman);
  for (const { heading, paragraphs } of pages) {
    const page = pdf.addPage([595, 842]);
    let y = 790;
    if (heading !== undefined) page.drawText(heading, { x: 60, y, size: 18, font });
    y -= 34;
    for (const paragraph of paragraphs) {
      for (const line of linesOf(paragraph)) {
        page.drawText(line, { x: 60, y, size: 10, font });
        y -= 12;
      }
      y -= 12;
    }
  }
  return pdf.save();
}

function linesOf(paragraph: string): readonly string[] {
  const lines: string[] = [];
  for (const word of paragraph.split(' ')) {
    const last = lines.pop();
    if (last === undefined) lines.push(word);
    else if (last.length + word.length < LINE) lines.push(`${last} ${word}`);
    else lines.push(last, word);
  }
  return lines;
}

const NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const TYPES = `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`;
const RELS = `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`;
const PARTS = `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`;
const STYLES = `${HEAD}<w:styles ${NAMESPACE}>${[1, 2, 3].map((n) => `<w:style w:type="paragraph" w:styleId="Heading${n}"><w:name w:val="heading ${n}"/></w:style>`).join('')}</w:styles>`;

/** A DOCX file with this body, as WordprocessingML. */
export function docxOf(body: string, more: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  return zipSync({
    '[Content_Types].xml': strToU8(TYPES),
    '_rels/.rels': strToU8(RELS),
    'word/_rels/document.xml.rels': strToU8(PARTS),
    'word/styles.xml': strToU8(STYLES),
    'word/document.xml': strToU8(`${HEAD}<w:document ${NAMESPACE}><w:body>${body}</w:body></w:document>`),
    ...more,
  });
}

/** A paragraph of such a body. */
export function paragraph(text: string, heading?: number, breaks = ''): string {
  const style = heading === undefined ? '' : `<w:pPr><w:pStyle w:val="Heading${heading}"/></w:pPr>`;
  return `<w:p>${style}<w:r>${breaks}<w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}
