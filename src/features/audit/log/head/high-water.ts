import { EMPTY_ROOT } from '../../format/hashes';
import { KeptHead } from './kept-head';
import { StateFile } from './state-file';

/** The largest tree that a process has seen. */
export interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** What the log is known to have held: remembered in the data folder, so that a database that lost some is noticed. */
export class HighWater {
  private head: Head | undefined;
  private readonly file: StateFile<KeptHead>;
  private writing: Promise<void> | undefined;

  constructor(readonly path: string) {
    this.file = new StateFile(path, KeptHead);
  }

  /** @throws when there is a mark that cannot be read */
  load(): Head | undefined {
    const kept = this.file.read();
    if (kept) this.head = { ...kept, root: Buffer.from(kept.root, 'base64') };
    return this.head;
  }

  get newest(): Head | undefined {
    return this.head;
  }

  /** What was seen of the log under that name. */
  of(origin: string): Head {
    return this.head?.origin === origin ? this.head : { origin, size: 0, root: EMPTY_ROOT };
  }

  /** Entries that the log holds at least. */
  get size(): number {
    return this.head?.size ?? 0;
  }

  /** Durable when it resolves. A smaller one of the same log is nothing new. */
  async advance(head: Head): Promise<void> {
    if (this.head?.origin === head.origin && this.head.size >= head.size) return;
    this.head = head;
    await this.keep();
  }

  /** An operator has accepted another past. */
  async reset(head: Head): Promise<void> {
    this.head = head;
    await this.keep();
  }

  private async keep(): Promise<void> {
    // one writer at a time, and only the newest
    while (this.writing) await this.writing.catch(() => undefined);
    const { origin, size, root } = this.head as Head;
    const beside = this.file.read();
    // another process may share the folder
    if (beside && beside.origin === origin && beside.size > size) return;
    this.writing = this.file.write({ origin, size, root: root.toString('base64') });
    try {
      await this.writing;
    } finally {
      this.writing = undefined;
    }
  }
}
