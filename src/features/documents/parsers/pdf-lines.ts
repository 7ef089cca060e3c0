import type { Block } from '../parsed-page';

/** A run of text as it is placed on a page. */
export interface PlacedText {
  readonly str: string;
  /** A matrix; the last two numbers are where it begins, from the lower left corner. */
  readonly transform: readonly unknown[];
  readonly width: number;
  readonly height: number;
  readonly hasEOL: boolean;
}

export interface Line {
  readonly text: string;
  /** Of its letters, in units of the page. */
  readonly size: number;
  readonly y: number;
}

const LARGER = 1.15;
const GAP = 1.7;
const HEADING_CHARACTERS = 200;

/** Puts runs of text together into lines, in the order in which they were written. */
export function linesOf(items: readonly PlacedText[]): readonly Line[] {
  const lines: Line[] = [];
  let [text, size, y, end] = ['', 0, 0, 0];
  const close = (): void => {
    if (text.trim()) lines.push({ text: text.trim(), size, y });
    [text, size] = ['', 0];
  };
  for (const { str, transform, width, height, hasEOL } of items) {
    const [x, at] = [numberOf(transform[4]), numberOf(transform[5])];
    if (text && str && Math.abs(at - y) > Math.max(size, height) * 0.6) close();
    if (str) {
      // a gap between two runs is a blank that nobody wrote
      if (text && !text.endsWith(' ') && !str.startsWith(' ') && x - end > height * 0.15) text += ' ';
      text += str;
      size = Math.max(size, height);
      [y, end] = [at, x + width];
    }
    if (hasEOL) close();
  }
  close();
  return lines;
}

/** Learns, page after page, how large the letters of ordinary text are: what is larger is a heading. */
export class LineSizes {
  /** Characters, by size in half units. */
  private readonly seen = new Map<number, number>();

  blocks(lines: readonly Line[]): readonly Block[] {
    for (const { text, size } of lines) this.seen.set(halves(size), (this.seen.get(halves(size)) ?? 0) + text.length);
    const usual = this.usual();
    const blocks: Block[] = [];
    let paragraph: string[] = [];
    let last: Line | undefined;
    const close = (): void => {
      if (paragraph.length) blocks.push({ text: paragraph.join('\n') });
      paragraph = [];
    };
    for (const line of lines) {
      const heading = rankOf(line, usual);
      if (heading !== undefined) {
        close();
        blocks.push({ text: line.text, heading });
      } else {
        const gap = last ? Math.abs(last.y - line.y) : 0;
        if (last && gap > Math.max(last.size, line.size) * GAP) close();
        paragraph.push(line.text);
      }
      last = heading === undefined ? line : undefined;
    }
    close();
    return blocks;
  }

  private usual(): number {
    let [usual, most] = [0, 0];
    for (const [size, characters] of this.seen) if (characters > most) [usual, most] = [size, characters];
    return usual / 2;
  }
}

const halves = (size: number): number => Math.round(size * 2);

function rankOf({ text, size }: Line, usual: number): number | undefined {
  if (!usual || size < usual * LARGER || text.length > HEADING_CHARACTERS) return undefined;
  return size >= usual * 1.8 ? 1 : size >= usual * 1.4 ? 2 : 3;
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
