import { parseCheckpoint, type SignedCheckpoint } from '../format/checkpoint';
import { parseOrigin } from '../format/epoch';
import { EMPTY_ROOT } from '../format/hashes';
import { type Signed, verifyNote } from '../format/note';
import type { VerifierKey } from '../format/vkey';
import type { Findings } from './findings';
import type { LogKeys } from './log-keys';

/** A tree head that somebody holds. */
export interface Head extends SignedCheckpoint {
  /** Where it comes from. */
  readonly source: string;
  /** The auditor brought it. */
  readonly outside: boolean;
}

export interface Cosignature {
  readonly name: string;
  /** RFC 3339. */
  readonly time: string;
}

/** An entry whose loss was admitted when the epoch began. */
export interface Lost {
  readonly origin: string;
  /** How many entries the log had, and how many were found. */
  readonly had: number;
  readonly found: number;
  readonly root: string;
}

/** Compares the trees that were signed with the tree that is there. */
export class Heads {
  private readonly heads: Head[] = [];
  private readonly roots = new Map<number, Buffer>();
  /** By the origin of the epoch that lost them. Indexes only grow: the first loss of an epoch is of everything behind it. */
  private readonly lost = new Map<string, Lost>();
  /** Of all heads, ascending; undefined while some are still added. */
  private sizes: readonly number[] | undefined;
  private next = 0;
  private readonly skipped = new Set<number>();

  constructor(private readonly findings: Findings) {}

  add(text: string, source: string, outside: boolean): Head | undefined {
    try {
      const head = { ...parseCheckpoint(text), source, outside };
      this.heads.push(head);
      this.sizes = undefined;
      return head;
    } catch (error) {
      this.findings.failure('checkpoint-format', `${source}: ${(error as Error).message}`);
      return undefined;
    }
  }

  get all(): readonly Head[] {
    return this.heads;
  }

  /** The largest of the bundle, but for those of entries that were lost: they say nothing about what is there now. */
  get last(): Head | undefined {
    return this.heads.filter((head) => !head.outside && !this.lossOf(head)).toSorted((a, b) => b.size - a.size)[0];
  }

  /** To be told whenever the tree has grown. @param root of the tree now, asked for only where it matters */
  grown(size: number, root: () => Buffer): void {
    const sizes = (this.sizes ??= this.sorted());
    while (this.next < sizes.length && (sizes[this.next] as number) <= size) {
      const wanted = sizes[this.next++] as number;
      if (wanted === size) this.roots.set(size, root());
      else this.skipped.add(wanted);
    }
  }

  admitLoss(lost: Lost): void {
    if (!this.lost.has(lost.origin)) this.lost.set(lost.origin, lost);
  }

  /** In steps, a signature each. @param total how many entries are there */
  *check(total: number, keys: LogKeys, origin: string): Generator<undefined, void> {
    let good = 0;
    for (const head of this.heads.toSorted((a, b) => a.size - b.size)) {
      if (parseOrigin(head.origin).name !== parseOrigin(origin).name)
        this.findings.failure('checkpoint-origin', `${head.source} is of another log, ${head.origin}`);
      else {
        this.checkSignature(head, keys);
        if (this.checkRoot(head, total, good)) good = head.size;
      }
      yield;
    }
  }

  /** @returns who cosigned the last head of the bundle */
  cosignatures(witnesses: readonly VerifierKey[], quorum: number): Cosignature[] {
    const { last } = this;
    let signed: Signed[] = [];
    const trouble = (message: string) =>
      this.findings.failure('witness', `${last?.source ?? 'no checkpoint'}: ${message}`);
    const known = last?.note.signatures.some(({ name, id }) =>
      witnesses.some((key) => key.name === name && key.id === id),
    );
    try {
      if (last && known) signed = verifyNote(last.note, witnesses);
    } catch (error) {
      trouble((error as Error).message);
    }
    if (signed.length < quorum) trouble(`cosigned by ${signed.length} of your witnesses, not by ${quorum}`);
    return signed.map(({ key, time = 0 }) => ({ name: key.name, time: new Date(time * 1_000).toISOString() }));
  }

  private sorted(): number[] {
    return [...new Set(this.heads.map(({ size }) => size))].toSorted((a, b) => a - b);
  }

  private checkSignature(head: Head, keys: LogKeys): void {
    try {
      verifyNote(head.note, keys.forSize(head.origin, head.size));
    } catch (error) {
      this.findings.failure(
        'checkpoint-signature',
        `${head.source}, for ${head.size} entries: ${(error as Error).message}`,
      );
    }
  }

  /** @param good up to which entry the tree is known to be right @returns whether it is up to this head */
  private checkRoot({ source, size, root, origin, outside }: Head, total: number, good: number): boolean {
    const lost = this.lossOf({ origin, size });
    if (lost) return this.checkLost({ source, size, root }, lost);
    if (size > total) {
      if (outside)
        this.findings.failure('truncated', `${source} is of ${size} entries, and only ${total} are there`, total);
      else
        this.findings.failure('truncated', `${source} covers ${size} entries, the bundle ends after ${total}`, total);
      return false;
    }
    const found = size === 0 ? EMPTY_ROOT : this.roots.get(size);
    if (!found) {
      this.findings.warning(
        'checkpoint-unchecked',
        `${source}: the entries around ${size} are not shown; ask for a bundle that is split at ${size}`,
        size,
      );
      return false;
    }
    if (found.equals(root)) return true;
    this.findings.failure('root', `${source}: the entries ${good} to ${size - 1} are not those that were signed`, good);
    return false;
  }

  private lossOf({ origin, size }: Pick<Head, 'origin' | 'size'>): Lost | undefined {
    const lost = this.lost.get(origin);
    return lost && size > lost.found ? lost : undefined;
  }

  private checkLost({ source, size, root }: Pick<Head, 'source' | 'size' | 'root'>, lost: Lost): boolean {
    if (size > lost.had || (size === lost.had && root.toString('base64') !== lost.root))
      this.findings.failure('lost', `${source}: more was lost in the restore than was admitted`, lost.found);
    else this.findings.notice('lost', `${source}: of entries that were lost in a restore, as was admitted`, lost.found);
    return false;
  }
}
