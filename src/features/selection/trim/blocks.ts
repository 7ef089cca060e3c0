/** A stretch of text: lines that belong together, or what stands between them. */
export interface Block {
  /** `gap`: line ends and blank lines; `code`: between fences, these included. */
  readonly kind: 'prose' | 'code' | 'gap';
  readonly text: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
/** No fence is longer. */
const FENCE_CHARACTERS = 40;

/**
 * Cuts a text into paragraphs, fenced code, and what stands between. The blocks one after the other are the text. A fence that is
 * not closed goes on to the end.
 */
export function blocksOf(text: string): Block[] {
  const cutter = new Cutter(text);
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    cutter.line(start, newline < 0 ? text.length : newline);
    start = newline < 0 ? text.length : newline + 1;
  }
  return cutter.end();
}

class Cutter {
  private readonly blocks: Block[] = [];
  private kind: Block['kind'] = 'gap';
  private from = 0;
  private fence: string | undefined;

  constructor(private readonly text: string) {}

  line(start: number, end: number): void {
    const { text, fence } = this;
    const mark = fenceAt(text, start, end);
    if (fence !== undefined) {
      if (!mark || !closes(mark, fence, text, start, end)) return;
      this.fence = undefined;
      this.cut(lineEnd(text, end), 'gap');
    } else if (mark) {
      this.endOfProse(start);
      this.cut(start, 'code');
      this.fence = mark;
    } else if (isBlank(text, start, end)) this.endOfProse(start);
    else if (this.kind === 'gap') this.cut(start, 'prose');
  }

  end(): Block[] {
    this.endOfProse(this.text.length);
    this.cut(this.text.length, 'gap');
    return this.blocks;
  }

  /** The line end after the last words is no part of them. */
  private endOfProse(at: number): void {
    if (this.kind === 'prose') this.cut(lineEnd(this.text, lastEnd(this.text, at)), 'gap');
  }

  private cut(at: number, next: Block['kind']): void {
    if (at > this.from) this.blocks.push({ kind: this.kind, text: this.text.slice(this.from, at) });
    [this.from, this.kind] = [at, next];
  }
}

/** The marks of a fence that a line begins with. */
function fenceAt(text: string, start: number, end: number): string | undefined {
  let at = start;
  while (at < start + 3 && text[at] === ' ') at++;
  // nearly no line does
  if (text[at] !== '`' && text[at] !== '~') return undefined;
  return FENCE.exec(text.slice(start, Math.min(end, start + FENCE_CHARACTERS)))?.[1];
}

/** The end of the last line before `at`, which is where a line begins or the text ends. */
function lastEnd(text: string, at: number): number {
  return at > 0 && text[at - 1] === '\n' ? at - 1 : at;
}

/** Without the first half of a line end of Windows. */
function lineEnd(text: string, at: number): number {
  return at > 0 && text[at - 1] === '\r' ? at - 1 : at;
}

function closes(mark: string, fence: string, text: string, start: number, end: number): boolean {
  if (mark[0] !== fence[0] || mark.length < fence.length) return false;
  return isBlank(text, text.indexOf(mark, start) + mark.length, end);
}

export function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isBlankCode(text.charCodeAt(at))) return false;
  return true;
}

/** Space, tab, and the first half of a line end of Windows. */
export function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}
