import { textTokens } from '../../../contract/estimate-tokens';
import type { DiffFile, DiffLine } from './diff-file';

/** Changes of one file that fit into one question. */
export interface Change {
  readonly path: string;
  /** As a model is shown them: with the numbers of the lines on the new side. */
  readonly text: string;
  /** Lines that are on the new side, by number. */
  readonly lines: ReadonlyMap<number, { readonly text: string; readonly added: boolean }>;
}

/** A line that is longer says nothing more to a reviewer. */
const LINE_CHARACTERS = 2_000;

/** The changes of a file, cut between hunks and, where one is too large, between lines. */
export function changesOf(file: DiffFile, mostTokens: number): readonly Change[] {
  const changes: Change[] = [];
  let [shown, tokens]: [string[], number] = [[], 0];
  let lines = new Map<number, { text: string; added: boolean }>();
  const close = (): void => {
    if (lines.size || shown.some((line) => line.includes('| -')))
      changes.push({ path: file.path, text: shown.join('\n'), lines });
    [shown, tokens, lines] = [[], 0, new Map()];
  };
  for (const { section, lines: all } of file.hunks) {
    const head = section ? `@@ ${section}` : '@@';
    const whole = all.reduce((sum, line) => sum + tokensOf(line), 0);
    if (tokens && tokens + whole > mostTokens) close();
    shown.push(head);
    for (const line of all) {
      if (tokens && tokens + tokensOf(line) > mostTokens) {
        close();
        shown.push(`${head} (continued)`);
      }
      shown.push(toldLine(line));
      tokens += tokensOf(line);
      if (line.newLine !== undefined) lines.set(line.newLine, { text: line.text, added: line.kind === 'added' });
    }
  }
  close();
  return changes;
}

function tokensOf({ text }: DiffLine): number {
  return textTokens(text.slice(0, LINE_CHARACTERS)) + 3;
}

function toldLine({ kind, text, newLine }: DiffLine): string {
  const sign = kind === 'added' ? '+' : kind === 'removed' ? '-' : ' ';
  const told = text.length > LINE_CHARACTERS ? `${text.slice(0, LINE_CHARACTERS)} … (cut)` : text;
  return `${String(newLine ?? '').padStart(6)} | ${sign}${told}`;
}
