import { Random } from '../../../../test/support/hostile/random';
import { textTokens } from '../../../contract/estimate-tokens';
import type { Block, ParsedPage } from '../parsed-page';
import type { Chunk } from './chunk';
import { pieces } from './pieces';
import { halves, Splitter } from './splitter';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const WORDS = ['a', 'contract', 'término', '日本語', '👩‍👩‍👧‍👦', 'x'.repeat(40), 'end.', 'Why?', '\n', '𝒳'];

function textOf(random: Random, words: number): string {
  return Array.from({ length: words }, () => random.pick(WORDS)).join(random.chance(0.1) ? '' : ' ') || 'z';
}
function documentOf(random: Random): readonly ParsedPage[] {
  return Array.from({ length: 1 + random.below(12) }, (_, i) => ({
    number: i + 1,
    blocks: Array.from({ length: random.below(8) }, (): Block => {
      const heading = random.chance(0.2);
      const text = textOf(random, heading ? 1 + random.below(5) : random.below(200));
      return heading ? { text, heading: 1 + random.below(6) } : { text };
    }),
  }));
}
function split(pages: readonly ParsedPage[], tokens: number): readonly Chunk[] {
  const splitter = new Splitter(tokens);
  return [...pages.flatMap((page) => [...splitter.add(page)]), ...splitter.end()];
}
const bare = (text: string) => text.replaceAll('\n', '');

describe(`splitting a document (SEED=${SEED})`, () => {
  it('loses no text, keeps every text on its page and in order, and makes no chunk too large', () => {
    const random = new Random(SEED);
    for (let round = 0; round < 40; round++) {
      const pages = documentOf(random);
      const most = 5 + random.below(300);
      const chunks = split(pages, most);
      const texts = new Map<number, string>();
      const numbers = chunks.flatMap(({ pages: parts }) => parts.map(({ number }) => number));
      expect(chunks.map(({ index }) => index)).toEqual([...chunks.keys()]);
      expect(chunks.filter(({ tokens, pages: parts }) => tokens > most + 1 || !parts.length)).toEqual([]);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      for (const { number, text } of chunks.flatMap(({ pages: parts }) => parts))
        texts.set(number, (texts.get(number) ?? '') + text);
      const full = pages.filter(({ blocks }) => blocks.some(({ text }) => text.length));
      expect(chunks.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(full.length, 6);
      for (const { number, blocks } of pages)
        expect(bare(texts.get(number) ?? '')).toBe(bare(blocks.map(({ text }) => text).join('')));
    }
  });

  it('cuts a text into pieces that are the text', () => {
    const random = new Random(SEED + 1);
    for (let round = 0; round < 100; round++) {
      const text = textOf(random, 1 + random.below(120));
      const tokens = 1 + random.below(40);
      const cut = pieces(text, tokens);
      expect(cut.join('')).toBe(text);
      expect(cut.filter((piece) => textTokens(piece) > Math.max(tokens, 2) || !piece.isWellFormed())).toEqual([]);
    }
  });

  it('halves a chunk without loss', () => {
    const random = new Random(SEED + 2);
    for (let round = 0; round < 20; round++)
      for (const chunk of split(documentOf(random), 200)) {
        const two = halves(chunk);
        if (!two) continue;
        const texts = new Map<number, string>();
        for (const { number, text } of two.flatMap(({ pages }) => pages))
          texts.set(number, (texts.get(number) ?? '') + text);
        expect(Array.from(texts, ([number, text]) => ({ number, text }))).toEqual(chunk.pages);
        expect(two.every(({ tokens }) => tokens < chunk.tokens)).toBe(true);
      }
  });
});

describe('a chunk', () => {
  const words = (count: number) => 'word '.repeat(count).trim();

  it('ends before a heading once it is full enough, and knows what it stands under', () => {
    const pages: ParsedPage[] = [
      { number: 1, blocks: [{ text: 'Contract', heading: 1 }, { text: words(70) }] },
      {
        number: 2,
        blocks: [{ text: 'Term', heading: 2 }, { text: words(150) }, { text: 'Fees', heading: 2 }, { text: words(20) }],
      },
    ];
    const chunks = split(pages, 250);
    expect(chunks.map(({ section }) => section)).toEqual([['Contract'], ['Contract', 'Term'], ['Contract', 'Fees']]);
    expect(chunks.map(({ pages: [page] }) => page?.number)).toEqual([1, 2, 2]);
    expect(chunks[2]?.pages[0]?.text.startsWith('Fees\n')).toBe(true);
  });

  it('is smaller when it is the first, so that it comes early', () => {
    const blocks = Array.from({ length: 40 }, () => ({ text: words(20) }));
    const [first, second] = split([{ number: 1, blocks }], 300);
    expect(first?.tokens).toBeLessThanOrEqual(120);
    expect(second?.tokens).toBeGreaterThan(250);
  });
});
