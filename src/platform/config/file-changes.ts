import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

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

/** Of a folder: with the files in it. Empty for what is not there. */
async function markOf(path: string): Promise<string> {
  try {
    const within = (await stat(path)).isDirectory() ? (await readdir(path)).sort() : [];
    return (await Promise.all([path, ...within.map((name) => join(path, name))].map(statOf))).join('\n');
  } catch {
    return '';
  }
}

async function statOf(path: string): Promise<string> {
  const { mtimeNs, size, ino } = await stat(path, { bigint: true });
  return `${mtimeNs} ${size} ${ino}`;
}
