import type { Block, Parsed, ParseLimits } from '../parsed-page';
import { estimatedPages, known, titleOf } from './in-pages';
import { Tally } from './tally';
import { decoded } from './text';

const FENCE = /^ {0,3}(`{3,64}|~{3,64})/;
const HEADING = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/;

/** Markdown: headings give its structure; what is between fences is one block, and nothing in it a heading. */
export async function* parseMarkdown(bytes: Uint8Array, limits: ParseLimits): AsyncGenerator<Parsed> {
  const text = decoded(bytes).replaceAll('\f', '\n');
  new Tally(limits).add(text.length);
  const blocks = markdownBlocks(text);
  yield* known(estimatedPages(blocks), { pageKind: 'estimated', ...titleOf(blocks) }, limits);
}

export function markdownBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  let fence: string | undefined;
  const close = (): void => {
    if (lines.length) blocks.push({ text: lines.join('\n') });
    lines = [];
  };
  for (const line of text.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      lines.push(line.trimEnd());
      if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      lines.push(line.trimEnd());
      continue;
    }
    const [, marks = '', heading = ''] = HEADING.exec(line) ?? [];
    const rank = marks ? marks.length : underlineRank(line, lines);
    if (marks || rank) {
      const title = marks ? withoutClosing(heading) : (lines.pop() ?? '').trim();
      close();
      blocks.push({ text: title, heading: rank });
    } else if (line.trim()) lines.push(line.trimEnd());
    else close();
  }
  close();
  return blocks;
}

/** A line of = or - below a single line of text makes that a heading. */
function underlineRank(line: string, above: readonly string[]): number {
  if (above.length !== 1 || /^\s*([-*+>|]|\d{1,9}[.)])/.test(above[0] ?? '')) return 0;
  const under = line.trim();
  if (!under || under.length > 200 || under.length < 2) return 0;
  if (under === '='.repeat(under.length)) return 1;
  return under === '-'.repeat(under.length) ? 2 : 0;
}

/** `## Title ##` is a spelling of `## Title`. */
function withoutClosing(heading: string): string {
  const text = heading.trimEnd();
  let end = text.length;
  while (end > 0 && text[end - 1] === '#') end--;
  return end < text.length && (end === 0 || /[ \t]/.test(text[end - 1] ?? ''))
    ? text.slice(0, end).trimEnd() || text
    : text;
}
