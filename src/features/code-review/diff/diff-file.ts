export type FileStatus = 'added' | 'deleted' | 'modified' | 'renamed' | 'copied';

export interface DiffFile {
  /** On the new side; of a file that is deleted, on the old one. */
  readonly path: string;
  /** Where it was before, when that is another place. */
  readonly oldPath?: string;
  readonly status: FileStatus;
  readonly binary: boolean;
  readonly hunks: readonly Hunk[];
}

export interface Hunk {
  /** What stands after the second @@: usually the function it is in. */
  readonly section: string;
  readonly lines: readonly DiffLine[];
}

export interface DiffLine {
  readonly kind: 'context' | 'added' | 'removed';
  readonly text: string;
  /** From 1; absent where the line is not on that side. */
  readonly oldLine?: number;
  readonly newLine?: number;
  /** The file ends here, without a line end. */
  readonly unended?: true;
}
