import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A small JSON document in the data folder, replaced as a whole: a crash leaves the old one or the new one. */
export class StateFile<T extends object> {
  constructor(readonly path: string) {}

  /** undefined when there is none. @throws when it cannot be read: not to know is not the same as to know of nothing */
  read(): T | undefined {
    try {
      return JSON.parse(readFileSync(this.path, 'utf8')) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Error(`${this.path} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Durable when it resolves. */
  async write(state: T): Promise<void> {
    const folder = dirname(this.path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = join(folder, `.${randomBytes(6).toString('hex')}.tmp`);
    try {
      await synced(draft, `${JSON.stringify(state)}\n`);
      await rename(draft, this.path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await syncFolder(folder);
  }
}

async function synced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** New and removed names are durable only with their folder. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // has no such thing
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
