import { stat } from 'node:fs/promises';

/** What a look at the files says of them, whether it is as it was a look before, and which of them are there. */
interface Look {
  readonly mark: string;
  readonly settled: boolean;
  readonly present: readonly string[];
}

/**
 * Tells by their times, sizes and places that files changed. They are taken to be written once two looks in a row see the
 * same: half a file may be a valid one.
 */
export class FileChanges {
  private last: string | undefined;

  constructor(private readonly files: readonly string[]) {}

  async look(): Promise<Look> {
    const marks = await Promise.all(this.files.map(markOf));
    const mark = marks.join('\n');
    const settled = mark === this.last;
    this.last = mark;
    return { mark, settled, present: this.files.filter((_, i) => marks[i] !== '') };
  }
}

async function markOf(file: string): Promise<string> {
  try {
    const { mtimeNs, size, ino } = await stat(file, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch {
    return '';
  }
}
