import { AnswerStore, type AnswerPlace } from './answer-store';

/** What an entry weighs beside its bytes, roughly. */
const ENTRY_BYTES = 300;

interface Entry {
  readonly answer: Buffer;
  readonly expiresAt: number;
}

/** Answers in the memory of this process; when there are too many, those that were not asked for the longest go. */
export class MemoryAnswerStore extends AnswerStore {
  /** The one that was used last comes last. */
  private readonly entries = new Map<string, Entry>();
  private used = 0;

  constructor(
    private readonly bytes: number,
    private readonly clock: () => number = Date.now,
  ) {
    super();
  }

  override find(place: AnswerPlace): Promise<Buffer | undefined> {
    const name = nameOf(place);
    const entry = this.remove(name);
    if (!entry || entry.expiresAt <= this.clock()) return Promise.resolve(undefined);
    this.add(name, entry);
    return Promise.resolve(entry.answer);
  }

  override keep(place: AnswerPlace, answer: Buffer, forMs: number): Promise<void> {
    const name = nameOf(place);
    this.remove(name);
    if (weight({ answer }) <= this.bytes) this.add(name, { answer, expiresAt: this.clock() + forMs });
    for (const oldest of this.entries.keys()) {
      if (this.used <= this.bytes) break;
      this.remove(oldest);
    }
    return Promise.resolve();
  }

  private add(name: string, entry: Entry): void {
    this.entries.set(name, entry);
    this.used += weight(entry);
  }

  private remove(name: string): Entry | undefined {
    const entry = this.entries.get(name);
    if (!entry) return undefined;
    this.entries.delete(name);
    this.used -= weight(entry);
    return entry;
  }
}

function nameOf({ tenantId, key }: AnswerPlace): string {
  return `${tenantId}/${key}`;
}

function weight({ answer }: Pick<Entry, 'answer'>): number {
  return answer.length + ENTRY_BYTES;
}
