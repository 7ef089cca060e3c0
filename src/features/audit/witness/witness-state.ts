import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { decodeBase64, encodeBase64 } from '../format/base64';
import { HASH_BYTES, sha256 } from '../format/hashes';

/** The last head of a log that was signed. */
export interface SignedHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  /** With the signatures of the log and of the witness. */
  readonly note: string;
}

interface Stored extends Omit<SignedHead, 'root'> {
  readonly root: string;
}

/** Heads in a file, which holds the old ones or the new ones and nothing between, whenever the power fails. */
export class WitnessState {
  private readonly heads = new Map<string, SignedHead>();
  /** What the file holds. */
  private text: string | undefined;

  /** @throws when the file is there and is not what this class wrote: a witness that forgets would sign anything */
  constructor(private readonly file: string) {
    this.text = read(file);
    if (this.text !== undefined) for (const head of parse(this.text, file)) this.heads.set(head.origin, head);
  }

  get(origin: string): SignedHead | undefined {
    return this.heads.get(origin);
  }

  byHash(hash: string): SignedHead | undefined {
    return [...this.heads.values()].find(({ origin }) => sha256(origin).toString('hex') === hash);
  }

  /** Durable when it returns. @throws when it cannot be; nothing has changed then */
  put(head: SignedHead): void {
    const heads = new Map(this.heads).set(head.origin, head);
    const stored = [...heads.values()].map((one): Stored => ({ ...one, root: encodeBase64(one.root) }));
    this.write(`${JSON.stringify(stored, null, 2)}\n`);
    this.heads.set(head.origin, head);
  }

  private write(text: string): void {
    if (read(this.file) !== this.text) throw new Error(`${this.file} was changed by another process: stop one of them`);
    const next = `${this.file}.next`;
    const file = openSync(next, 'w', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, this.file);
    const folder = openSync(dirname(this.file), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
    this.text = text;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string, file: string): SignedHead[] {
  try {
    return (JSON.parse(text) as Stored[]).map(({ origin, size, root, note }) => {
      const hash = decodeBase64(root);
      if (
        typeof origin !== 'string' ||
        !Number.isSafeInteger(size) ||
        hash?.length !== HASH_BYTES ||
        typeof note !== 'string'
      )
        throw new Error('a head is incomplete');
      return { origin, size, root: hash, note };
    });
  } catch (cause) {
    throw new Error(`${file} is damaged: restore it, or nobody can trust what this witness signs`, { cause });
  }
}
