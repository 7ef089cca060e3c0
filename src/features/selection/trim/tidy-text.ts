import { isCodeLine } from '../code-line';
import { blocksOf } from './blocks';

/** A text that says of itself that it is data, markup or a program is left as it is. */
const DATA = /^\s{0,100}(?:[{[<]|#!)/;
const MARKUP = /<(?:pre|code|textarea|script|style|svg)\b/i;
/** Where blanks may mean something: quotations, code, formulas, tables, escapes. */
const LITERAL = /["`{}[\]<>|\\=]|(?:^|\s)'/;
/** A text of this many characters and more is not read. */
const LONGEST = 500_000;
const MOST_BLOCKS = 20_000;

/**
 * The text without blanks that say nothing: at the ends of lines, repeated within a line, and blank lines beyond one. Only
 * in prose: code between fences, indented text, tables, data and whatever looks like a program keep every blank, and so do
 * the beginning and the end, since another text may follow there.
 */
export function tidyText(text: string): string {
  if (text.length > LONGEST || !hasBlanks(text) || DATA.test(text) || MARKUP.test(text)) return text;
  const blocks = blocksOf(text);
  if (blocks.length > MOST_BLOCKS) return text;
  const plain = blocks.map((block) => block.kind === 'prose' && isProse(block.text));
  return blocks
    .map((block, i) => {
      if (plain[i]) return tidyParagraph(block.text, i === blocks.length - 1);
      return block.kind === 'gap' && plain[i - 1] && plain[i + 1] ? tidyGap(block.text) : block.text;
    })
    .join('');
}

/** Most texts have nothing to leave out. */
function hasBlanks(text: string): boolean {
  return (
    text.includes('  ') ||
    text.includes(' \n') ||
    text.includes('\t') ||
    text.includes(' \r') ||
    /\n\s{0,9}\n\s{0,9}\n/.test(text)
  );
}

/** Whether no line of a paragraph is indented, aligned, or looks like one of a program. */
function isProse(text: string): boolean {
  let spread = 0;
  for (const line of text.split('\n')) {
    const first = line[0];
    if (first === ' ' || first === '\t' || line.trimEnd().includes('\t')) return false;
    const bare = line.trim();
    if (bare.includes('   ') || bare.includes('|') || isCodeLine(bare)) return false;
    // one line with a double space is a habit, several are columns
    if (bare.includes('  ') && ++spread > 1) return false;
  }
  return true;
}

/** @param last what follows it is not known here, so that its end stays */
function tidyParagraph(text: string, last: boolean): string {
  const lines = text.split('\n');
  return lines
    .map((line, i) => {
      const end = line.endsWith('\r') ? '\r' : '';
      const said = end ? line.slice(0, -1) : line;
      const trimmed = last && i === lines.length - 1 ? said : withoutEnd(said);
      return (LITERAL.test(trimmed) ? trimmed : singleSpaced(trimmed)) + end;
    })
    .join('\n');
}

function withoutEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  return line.slice(0, end);
}

/** Blanks at the end stay: they are not repeated between words. */
function singleSpaced(line: string): string {
  if (!line.includes('  ')) return line;
  const words = withoutEnd(line);
  return words.replace(/ {2,}/g, ' ') + line.slice(words.length);
}

/** One blank line at most. */
function tidyGap(gap: string): string {
  const newline = /(?:^|[^\r])\n/.test(gap) ? '\n' : '\r\n';
  return gap.split('\n').length > 2 ? newline + newline : gap;
}
