import { docxOf, paragraph, pdfOf } from '../../../../test/support/documents';
import type { DocumentHead, ParsedPage, ParseLimits } from '../parsed-page';
import { PARSERS } from './parsers';

const LIMITS: ParseLimits = { pages: 50, characters: 200_000, unpackedBytes: 1_000_000 };

async function parse(format: keyof typeof PARSERS, bytes: Uint8Array | string, limits: Partial<ParseLimits> = {}) {
  let head: DocumentHead | undefined;
  const pages: ParsedPage[] = [];
  const given = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  for await (const parsed of PARSERS[format](given, { ...LIMITS, ...limits }))
    if (parsed.type === 'head') head = parsed.head;
    else pages.push(parsed.page);
  if (!head) throw new Error('no head');
  expect(pages.map(({ number }) => number)).toEqual(Array.from({ length: head.pages }, (_, i) => i + 1));
  return { head, pages: pages.map(({ blocks }) => blocks) };
}
const words = (count: number) => 'word '.repeat(count).trim();

describe('plain text', () => {
  it('has the pages that form feeds end', async () => {
    const { head, pages } = await parse('text', 'One\r\nline\r\n\r\nTwo\fThree\f');
    expect(head).toEqual({ pages: 3, pageKind: 'real' });
    expect(pages).toEqual([[{ text: 'One\nline' }, { text: 'Two' }], [{ text: 'Three' }], []]);
  });

  it('is given pages where it has none', async () => {
    const { head, pages } = await parse('text', Array.from({ length: 10 }, () => words(200)).join('\n\n'));
    expect(head).toEqual({ pages: 4, pageKind: 'estimated' });
    expect(pages.map((blocks) => blocks.length)).toEqual([3, 3, 3, 1]);
  });

  it('may be UTF-16, and is bounded', async () => {
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Olá 日本', 'utf16le')]);
    expect((await parse('text', wide)).pages).toEqual([[{ text: 'Olá 日本' }]]);
    await expect(parse('text', 'x'.repeat(200_001))).rejects.toThrow('the limit is 200000 characters');
    await expect(parse('text', '\f'.repeat(50))).rejects.toThrow('has 51 pages, and the limit is 50');
  });
});

describe('Markdown', () => {
  it('has headings in both spellings, and none between fences', async () => {
    const { head, pages } = await parse(
      'markdown',
      '# Title #\nText\nmore\n\nSecond\n------\n```sh\n# no heading\n\nstill\n```\n- item\n---\n####### seven\n## C#\n',
    );
    expect(head).toEqual({ pages: 1, pageKind: 'estimated', title: 'Title' });
    expect(pages[0]).toEqual([
      { text: 'Title', heading: 1 },
      { text: 'Text\nmore' },
      { text: 'Second', heading: 2 },
      { text: '```sh\n# no heading\n\nstill\n```\n- item\n---\n####### seven' },
      { text: 'C#', heading: 2 },
    ]);
  });

  it('is read in linear time', async () => {
    const started = process.cpuUsage();
    for (const line of [
      '# '.repeat(90_000),
      `# ${'#'.repeat(150_000)}`,
      '`'.repeat(190_000),
      '=\n'.repeat(90_000),
      '#\t '.repeat(60_000),
    ])
      await parse('markdown', line, { pages: 5_000 });
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(3_000);
  });
});

describe('PDF', () => {
  it('has pages, headings, paragraphs and a title', async () => {
    const bytes = await pdfOf([
      { heading: 'Definitions', paragraphs: [words(40), 'The Term is twelve months.'] },
      { paragraphs: ['Fees are 1,500.00 EUR.'] },
    ]);
    const { head, pages } = await parse('pdf', bytes);
    expect(head).toEqual({ pages: 2, pageKind: 'real', title: 'Master agreement' });
    expect(pages[0]?.[0]).toEqual({ text: 'Definitions', heading: 1 });
    expect(pages[0]?.map(({ text }) => text.replaceAll('\n', ' '))).toEqual([
      'Definitions',
      words(40),
      'The Term is twelve months.',
    ]);
    expect(pages[1]).toEqual([{ text: 'Fees are 1,500.00 EUR.' }]);
  });

  it('is refused when it is none, or has too many pages or too much text', async () => {
    await expect(parse('pdf', '%PDF-1.7\nnothing')).rejects.toThrow('The document cannot be read as a PDF');
    const bytes = await pdfOf([{ paragraphs: [words(50)] }, { paragraphs: [] }]);
    await expect(parse('pdf', bytes, { pages: 1 })).rejects.toThrow('has 2 pages, and the limit is 1');
    await expect(parse('pdf', bytes, { characters: 100 })).rejects.toThrow('the limit is 100 characters');
  });
});

describe('DOCX', () => {
  const BREAK = '<w:br w:type="page"/>';
  const RENDERED = '<w:lastRenderedPageBreak/>';

  it('has headings, lists, rows of tables and the pages that its author broke', async () => {
    const row = `<w:tr>${['Fee', '100'].map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join('')}</w:tr>`;
    const item =
      '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>first</w:t></w:r></w:p>';
    const body =
      paragraph('Agreement', 1) +
      paragraph('Text &amp; more') +
      `<w:tbl>${row}</w:tbl>` +
      paragraph('Next', 2, BREAK) +
      item;
    const { head, pages } = await parse('docx', docxOf(body));
    expect(head).toEqual({ pages: 2, pageKind: 'real', title: 'Agreement' });
    expect(pages[0]).toEqual([{ text: 'Agreement', heading: 1 }, { text: 'Text & more' }, { text: 'Fee | 100' }]);
    expect(pages[1]?.[0]).toEqual({ text: 'Next', heading: 2 });
    expect(pages[1]?.[1]?.text).toContain('first');
  });

  it('has the pages that were laid out when it was saved', async () => {
    const { head, pages } = await parse(
      'docx',
      docxOf(
        paragraph('One') +
          paragraph('', undefined, BREAK) +
          paragraph('Two', undefined, RENDERED) +
          paragraph('Three', undefined, RENDERED),
      ),
    );
    expect(head.pageKind).toBe('real');
    expect(pages.map(([block]) => block?.text)).toEqual(['One', 'Two', 'Three']);
  });

  it('is given pages where it tells of none', async () => {
    const { head } = await parse('docx', docxOf(paragraph(words(400)).repeat(3)));
    expect(head).toEqual({ pages: 3, pageKind: 'estimated' });
  });

  it('is refused when it is none', async () => {
    await expect(parse('docx', 'PK\u0003\u0004 nothing')).rejects.toThrow('its archive cannot be read');
    const { zipSync } = await import('fflate');
    await expect(parse('docx', zipSync({ 'a.txt': Buffer.from('x') }))).rejects.toThrow('has no word/document.xml');
  });

  it('is refused when it becomes too large, by what its archive says and by what it is', async () => {
    const bomb = docxOf(paragraph('x'.repeat(2_000_000)));
    expect(bomb.length).toBeLessThan(10_000);
    await expect(parse('docx', bomb)).rejects.toThrow('bytes once it is unpacked, and the limit is 1000000');
    // an archive that says that its parts are small
    const liar = Buffer.from(bomb);
    for (const signature of ['PK\u0001\u0002', 'PK\u0003\u0004'])
      for (let at = liar.indexOf(signature, 0, 'latin1'); at >= 0; at = liar.indexOf(signature, at + 4, 'latin1')) {
        const size = at + (signature === 'PK\u0001\u0002' ? 24 : 22);
        if (liar.readUInt32LE(size) > 1_000_000) liar.writeUInt32LE(1_000, size);
      }
    await expect(parse('docx', liar)).rejects.toThrow(/archive|unpacked|XML|xml|element/);
  });

  it('leaves pictures and what else is embedded packed', async () => {
    const { head } = await parse('docx', docxOf(paragraph('Text'), { 'word/media/a.png': new Uint8Array(5_000_000) }));
    expect(head.pages).toBe(1);
  });
});
