/** How far above a row its header may stand, in characters. */
const ABOVE = 700;
/** How much of the row may follow. */
const BEYOND = 200;
const DELIMITERS = ['|', ';', '\t', ','];
const RULE = /^[\s|:+-]+$/;
const AROUND_CELL = /^[\s"']+|[\s"']+$/g;
/** Longer ones are sentences, not titles of columns. */
const TITLE = 40;

/**
 * Where the title of the column stands that a cell of a table belongs to: rows of a CSV file or of Markdown, one a line.
 * @param start of what fills the cell @param end of it
 * @returns undefined when it is no cell of its own, or no title is near enough
 */
export function titleOf(text: string, start: number, end: number): { start: number; end: number } | undefined {
  const from = Math.max(0, start - ABOVE);
  const lines = text.slice(from, start).split('\n');
  if (lines.length < 2) return;
  const rest = text.slice(end, end + BEYOND).split('\n', 1)[0];
  const before = lines.pop()!;
  const delimiter = DELIMITERS.find(
    (one) => before.includes(one) || rest.startsWith(one) || rest.startsWith(`"${one}`),
  );
  if (!delimiter) return;
  const cells = before.split(delimiter);
  if (cells.at(-1)!.replaceAll(AROUND_CELL, '') || rest.split(delimiter, 1)[0].replaceAll(AROUND_CELL, '')) return;
  const width = cells.length + rest.split(delimiter).length - 1;
  return titleAbove(text, { from, lines, delimiter, width, column: cells.length - 1 });
}

interface Rows {
  readonly from: number;
  readonly lines: readonly string[];
  readonly delimiter: string;
  readonly width: number;
  readonly column: number;
}

function titleAbove(
  text: string,
  { from, lines, delimiter, width, column }: Rows,
): { start: number; end: number } | undefined {
  let end = from + lines.join('\n').length;
  let header: { start: number; cells: readonly string[] } | undefined;
  for (let i = lines.length - 1; i >= 0; i--) {
    const start = end - lines[i].length;
    const cells = lines[i].split(delimiter);
    // the table may begin further up
    if (i === 0 && start > 0) return;
    if (cells.length !== width) break;
    if (!RULE.test(lines[i])) header = { start, cells };
    end = start - 1;
  }
  if (!header || header.cells.some((cell) => cell.length > TITLE || /\d{3}/.test(cell))) return;
  const start = header.start + header.cells.slice(0, column).reduce((sum, cell) => sum + cell.length + 1, 0);
  return { start, end: start + header.cells[column].length };
}
