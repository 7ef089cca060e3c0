import { GatewayError } from '../../../contract/errors';
import { invalid } from '../../../dialects/fields';
import type { DiffFile, DiffLine, FileStatus, Hunk } from './diff-file';
import { bothPaths, pathOnLine, withoutSide } from './git-path';

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@ ?(.*)$/;
const PATH_CHARACTERS = 4_096;
const SECTION_CHARACTERS = 200;

export interface DiffLimits {
  readonly bytes: number;
  readonly files: number;
}

interface Draft {
  path: string | undefined;
  oldPath: string | undefined;
  status: FileStatus;
  binary: boolean;
  readonly hunks: Hunk[];
}

/**
 * Reads a unified diff, as `git diff` or `diff -u` writes it.
 * @throws GatewayError `invalid_request` that names the line which makes no sense; `prompt_too_large`
 */
export function parseDiff(text: string, { bytes: most, files: mostFiles }: DiffLimits): readonly DiffFile[] {
  const bytes = Buffer.byteLength(text);
  if (bytes > most)
    throw new GatewayError('prompt_too_large', `The diff has ${bytes} bytes, and the limit is ${most}`, {
      param: 'diff',
    });
  const files = new DiffReader(text).read();
  if (!files.length) throw invalid('diff', 'holds no change: it must be a unified diff, as `git diff` writes it');
  if (files.length > mostFiles)
    throw new GatewayError('prompt_too_large', `The diff has ${files.length} files, and the limit is ${mostFiles}`, {
      param: 'diff',
    });
  return files;
}

class DiffReader {
  private readonly lines: readonly string[];
  private at = 0;
  private readonly drafts: Draft[] = [];

  constructor(text: string) {
    this.lines = text.split('\n');
  }

  read(): readonly DiffFile[] {
    for (; this.at < this.lines.length; this.at++) this.line(this.current);
    return this.drafts.map((draft) => this.file(draft));
  }

  private get current(): string {
    return this.lines[this.at] ?? '';
  }

  private line(line: string): void {
    if (line.startsWith('diff --git ')) return this.git(line.slice(11).trimEnd());
    if (/^diff --c(c|ombined) /.test(line))
      throw this.wrong('the diff of a merge has several old sides: compare with one of them');
    const next = this.lines[this.at + 1] ?? '';
    if (line.startsWith('--- ') && next.startsWith('+++ ')) return this.sides(line.slice(4), next.slice(4));
    const draft = this.drafts.at(-1);
    if (draft) this.header(line, draft);
  }

  private git(rest: string): void {
    const { from, to } = bothPaths(rest) ?? {};
    const path = to === undefined ? undefined : withoutSide(to, ['b/']);
    const oldPath = from === undefined ? undefined : withoutSide(from, ['a/']);
    this.drafts.push({ path, oldPath, status: 'modified', binary: false, hunks: [] });
  }

  /** What git says of a file before its changes. */
  private header(line: string, draft: Draft): void {
    if (line.startsWith('@@')) return this.hunk(line, draft);
    if (line.startsWith('new file mode ')) draft.status = 'added';
    else if (line.startsWith('deleted file mode ')) draft.status = 'deleted';
    else if (line.startsWith('rename from ')) [draft.oldPath, draft.status] = [pathOnLine(line.slice(12)), 'renamed'];
    else if (line.startsWith('rename to ')) draft.path = pathOnLine(line.slice(10));
    else if (line.startsWith('copy from ')) [draft.oldPath, draft.status] = [pathOnLine(line.slice(10)), 'copied'];
    else if (line.startsWith('copy to ')) draft.path = pathOnLine(line.slice(8));
    else if (line.startsWith('GIT binary patch') || /^Binary files .{0,9000} differ/.test(line)) draft.binary = true;
  }

  private sides(old: string, fresh: string): void {
    this.at++;
    const last = this.drafts.at(-1);
    const [from, to] = [pathOnLine(old.trimEnd()), pathOnLine(fresh.trimEnd())];
    const named = { from: from && withoutSide(from, ['a/']), to: to && withoutSide(to, ['b/']) };
    // a diff without git's own lines begins each file here
    const isNew = !last || last.hunks.length > 0 || (last.path !== undefined && !isSame(last, named));
    const draft: Draft = isNew
      ? { path: undefined, oldPath: undefined, status: 'modified', binary: false, hunks: [] }
      : last;
    if (isNew) this.drafts.push(draft);
    if (from === undefined) draft.status = 'added';
    if (to === undefined) draft.status = 'deleted';
    draft.path = named.to ?? named.from;
    draft.oldPath = named.from ?? draft.oldPath;
  }

  private hunk(line: string, draft: Draft): void {
    const [, oldStart, oldCount = '1', newStart, newCount = '1', section = ''] = HUNK.exec(line.trimEnd()) ?? [];
    if (oldStart === undefined) throw this.wrong('is no header of a hunk');
    let [oldLine, newLine] = [Number(oldStart), Number(newStart)];
    let [oldLeft, newLeft] = [Number(oldCount), Number(newCount)];
    const lines: DiffLine[] = [];
    while (oldLeft > 0 || newLeft > 0) {
      this.at++;
      if (this.at >= this.lines.length) throw this.wrong('ends in the middle of a hunk');
      const [sign, text] = [this.current.slice(0, 1), this.current.slice(1)];
      if (sign === '+' && newLeft > 0) {
        lines.push({ kind: 'added', text, newLine: newLine++ });
        newLeft--;
      } else if (sign === '-' && oldLeft > 0) {
        lines.push({ kind: 'removed', text, oldLine: oldLine++ });
        oldLeft--;
        // editors and mail take the blank off an empty line
      } else if ((sign === ' ' || sign === '' || sign === '\r') && oldLeft > 0 && newLeft > 0) {
        lines.push({ kind: 'context', text, oldLine: oldLine++, newLine: newLine++ });
        oldLeft--;
        newLeft--;
      } else if (sign === '\\') this.unended(lines);
      else throw this.wrong('does not belong into the hunk that its header tells of');
    }
    if (this.lines[this.at + 1]?.startsWith('\\')) {
      this.at++;
      this.unended(lines);
    }
    draft.hunks.push({ section: section.slice(0, SECTION_CHARACTERS), lines });
  }

  private unended(lines: DiffLine[]): void {
    const last = lines.pop();
    if (last) lines.push({ ...last, unended: true });
  }

  private file({ path, oldPath, status, binary, hunks }: Draft): DiffFile {
    const name = path ?? oldPath;
    if (name === undefined || name === '') throw invalid('diff', 'has a file without a name');
    if (name.length > PATH_CHARACTERS) throw invalid('diff', `has a path of more than ${PATH_CHARACTERS} characters`);
    const moved = oldPath !== undefined && oldPath !== name && (status === 'renamed' || status === 'copied');
    return { path: name, ...(moved && { oldPath }), status, binary, hunks };
  }

  private wrong(why: string): GatewayError {
    return invalid('diff', `line ${this.at + 1} ${why}`);
  }
}

function isSame(
  { path, oldPath }: Draft,
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
): boolean {
  return (to === undefined || to === path) && (from === undefined || from === oldPath || from === path);
}
