/** An entry that is ready to be written. */
export interface ReadyEntry {
  readonly id: string;
  readonly text: string;
  readonly leaf: Buffer;
  readonly ciphertext: Buffer | undefined;
}

/** Entries that stay together, and who waits for them. */
export interface Group {
  readonly entries: readonly ReadyEntry[];
  readonly bytes: number;
  /** They are durable; the index of the first when it is known. */
  readonly done: (firstIndex: number | undefined) => void;
  readonly failed: (reason: Error) => void;
}

export interface QueueBounds {
  readonly entries: number;
  readonly bytes: number;
}

/** The line in front of the database: bounded in entries and in bytes. */
export class AppendQueue {
  private groups: Group[] = [];
  private start = 0;
  private waitingEntries = 0;
  private waitingBytes = 0;

  constructor(private readonly bounds: QueueBounds) {}

  /** Entries in line. */
  get depth(): number {
    return this.waitingEntries;
  }

  get bytes(): number {
    return this.waitingBytes;
  }

  /** @param share of the whole room: what may be lost must not keep out what may not */
  hasRoom(entries: number, bytes: number, share = 1): boolean {
    const { bounds } = this;
    // the longest entry that is allowed at all finds room in an empty line
    if (this.waitingEntries === 0) return true;
    return this.waitingEntries + entries <= bounds.entries * share && this.waitingBytes + bytes <= bounds.bytes * share;
  }

  add(group: Group): void {
    this.groups.push(group);
    this.waitingEntries += group.entries.length;
    this.waitingBytes += group.bytes;
  }

  /** From the front: at least one group, and as many as fit. Empty when nobody waits. */
  take(maxEntries: number, maxBytes: number): Group[] {
    const taken: Group[] = [];
    let [entries, bytes] = [0, 0];
    for (let group = this.groups[this.start]; group; group = this.groups[this.start]) {
      if (taken.length && (entries + group.entries.length > maxEntries || bytes + group.bytes > maxBytes)) break;
      taken.push(group);
      entries += group.entries.length;
      bytes += group.bytes;
      this.start++;
    }
    this.waitingEntries -= entries;
    this.waitingBytes -= bytes;
    // shifting each group off the front would copy the line each time
    if (this.start > 1_024 || this.start === this.groups.length) {
      this.groups = this.groups.slice(this.start);
      this.start = 0;
    }
    return taken;
  }
}
