import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Anchor, Anchored } from './anchor';

/** What a note and the empty line after it end with. */
const END = '\n\n';

/** A file that only grows, on another device, perhaps one that is written once: each checkpoint is followed by an empty line. */
export class FileAnchor implements Anchor {
  readonly name: string;
  private readonly path: string;

  /** @param url `file:/path` */
  constructor(url: string) {
    this.name = url;
    this.path = fileURLToPath(url);
  }

  async keep({ note }: Anchored): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, 'a+', 0o640);
    try {
      const torn = await isTorn(file);
      await file.appendFile(`${torn ? END : ''}${note}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** The machine stopped while a note was being written: the next one begins on a line of its own all the same. */
async function isTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(END.length),
    0,
    END.length,
    Math.max(0, size - END.length),
  );
  return buffer.toString('latin1', 0, bytesRead) !== END;
}
