import { textTokens } from '../../../contract/estimate-tokens';
import type { Block, ParsedPage } from '../parsed-page';
import type { Chunk, ChunkPage } from './chunk';
import { pieces } from './pieces';

/** From so much of its room on, a chunk ends before a heading. */
const FULL_ENOUGH = 0.6;
/** The first chunk is smaller, so that something is known of the document early. */
const FIRST_SHARE = 0.4;
const HEADING_CHARACTERS = 200;
/** An answer about less than this is not too long because of what it is about. */
const LEAST_HALVED = 64;

interface Piece {
  readonly page: number;
  readonly text: string;
  readonly tokens: number;
}
interface Placed extends Piece {
  /** Of its page. */
  readonly share: number;
}

/** Splits a document into chunks while its pages come in: at headings where that leaves no chunk small, else between blocks, else within one. */
export class Splitter {
  private held: Placed[] = [];
  private tokens = 0;
  private made = 0;
  /** By rank. */
  private readonly headings: (string | undefined)[] = [];
  private section: readonly string[] = [];

  /** @param most tokens of a chunk, estimated */
  constructor(private readonly most: number) {}

  /** Chunks that are complete by now. */
  *add({ number, blocks }: ParsedPage): Generator<Chunk> {
    const characters = Math.max(
      1,
      blocks.reduce((sum, { text }) => sum + text.length, 0),
    );
    for (const block of blocks) {
      if (block.heading !== undefined && this.tokens >= this.room * FULL_ENOUGH) yield* this.end();
      if (block.heading !== undefined) this.enter(block, block.heading);
      for (const text of pieces(block.text, this.room)) {
        const tokens = textTokens(text) + 1;
        if (this.tokens && this.tokens + tokens > this.room) yield* this.end();
        if (!this.held.length) this.section = this.path;
        this.held.push({ page: number, text, tokens, share: text.length / characters });
        this.tokens += tokens;
      }
    }
  }

  /** What is left. */
  *end(): Generator<Chunk> {
    if (!this.held.length) return;
    const share = this.held.reduce((sum, one) => sum + one.share, 0);
    yield { index: this.made++, section: this.section, pages: byPage(this.held), tokens: this.tokens, share };
    this.held = [];
    this.tokens = 0;
  }

  private get room(): number {
    return this.made ? this.most : Math.ceil(this.most * FIRST_SHARE);
  }

  private get path(): readonly string[] {
    return this.headings.filter((heading) => heading !== undefined);
  }

  private enter({ text }: Block, rank: number): void {
    this.headings.length = rank;
    this.headings[rank - 1] = text.slice(0, HEADING_CHARACTERS);
  }
}

function byPage(held: readonly Piece[]): readonly ChunkPage[] {
  const pages: { number: number; text: string }[] = [];
  for (const { page, text } of held) {
    const last = pages.at(-1);
    if (last?.number === page) last.text += `\n${text}`;
    else pages.push({ number: page, text });
  }
  return pages;
}

/** The two halves of a chunk whose answer was too long for one. Undefined when it cannot be halved. */
export function halves({ pages, tokens, share, ...rest }: Chunk): readonly [Chunk, Chunk] | undefined {
  if (tokens < LEAST_HALVED) return undefined;
  const cut: Piece[] = pages.flatMap(({ number, text }) =>
    pieces(text, Math.max(1, Math.ceil(tokens / 8))).map((piece) => ({
      page: number,
      text: piece,
      tokens: textTokens(piece),
    })),
  );
  if (cut.length < 2) return undefined;
  let [half, before] = [0, 0];
  while (half < cut.length - 1 && (half === 0 || before < tokens / 2)) before += cut[half++]?.tokens ?? 0;
  const [first, second] = [cut.slice(0, half), cut.slice(half)].map((part) => ({
    ...rest,
    pages: joined(part),
    tokens: part.reduce((sum, one) => sum + one.tokens, 0),
    share: share / 2,
  }));
  return first && second ? [first, second] : undefined;
}

/** Pieces of one page are put together as they were cut. */
function joined(held: readonly Piece[]): readonly ChunkPage[] {
  const pages = new Map<number, string>();
  for (const { page, text } of held) pages.set(page, (pages.get(page) ?? '') + text);
  return Array.from(pages, ([number, text]) => ({ number, text }));
}
