import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type z, ZodError } from 'zod';
import { makeFolder } from '../../../../platform/config/data-folder';

/** Of a file that says nothing any more. */
const ADVICE =
  'Bring it back as it was. Where nobody has it, make sure that the database is no old copy, and move the file away: what was known here is forgotten then';

/** A small JSON document in the data folder, replaced as a whole: a crash leaves the old one or the new one. */
export class StateFile<T extends object> {
  constructor(
    readonly path: string,
    private readonly shape: z.ZodType<T>,
  ) {}

  /** undefined when there is none. @throws when it cannot be read: not to know is not the same as to know of nothing */
  read(): T | undefined {
    try {
      return this.shape.parse(JSON.parse(readFileSync(this.path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Error(`${this.path} cannot be read: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** Durable when it resolves. */
  async write(state: T): Promise<void> {
    const folder = dirname(this.path);
    makeFolder(folder);
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

function reasonOf(error: unknown): string {
  // what the parser says quotes the text
  if (error instanceof SyntaxError) return `it is not JSON. ${ADVICE}.`;
  if (!(error instanceof ZodError)) return (error as Error).message;
  const [issue] = error.issues;
  return `${[...(issue?.path ?? []), issue?.message].join(': ')}. ${ADVICE}.`;
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
