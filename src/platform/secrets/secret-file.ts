import { readFile, stat } from 'node:fs/promises';
import { SecretUnavailable } from './secret-unavailable';

export interface FileContent {
  readonly value: string;
  /** When it was last changed. */
  readonly version: string;
}

const FILE_BYTES = 1_048_576;

/** @throws SecretUnavailable when it is no file or cannot be read, or others than its owner and group could read it too */
export async function readSecretFile(path: string): Promise<FileContent> {
  try {
    const found = await stat(path);
    // to open a pipe is to wait for somebody who writes to it
    if (!found.isFile()) throw new SecretUnavailable(`${path} is not a file`);
    const { mode, mtime, size } = found;
    if (process.platform !== 'win32' && (mode & 0o004) !== 0)
      throw new SecretUnavailable(`${path} can be read by everybody; chmod 600 it`);
    if (size > FILE_BYTES) throw new SecretUnavailable(`${path} is larger than ${FILE_BYTES} bytes`);
    return { value: await readFile(path, 'utf8'), version: mtime.toISOString() };
  } catch (error) {
    if (error instanceof SecretUnavailable) throw error;
    throw new SecretUnavailable(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
  }
}
