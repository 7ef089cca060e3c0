import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Anchor, Anchored } from './anchor';

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
    const file = await open(this.path, 'a', 0o640);
    try {
      await file.appendFile(`${note}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
