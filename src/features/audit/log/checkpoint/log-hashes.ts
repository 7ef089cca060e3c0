import { EMPTY_ROOT } from '../../format/hashes';
import { consistencyProof, inclusionProof, rootOf, verifyConsistency, verifyInclusion } from '../../format/proofs';
import { subtreeOf, tileReader, TILE_HEIGHT, TILE_WIDTH, tileWidth } from '../../format/tiles';
import type { HashReader } from '../../format/tree-plan';
import { ForkError } from './fork-error';
import type { LogReader } from './log-reader.store';
import { leavesOver } from './log-tree';

/** Roots of full tiles that are kept: enough for the open tile of each level, and the ones before. */
const ROOTS_KEPT = 4_096;

/** A tree of a size whose root is known. */
export interface TreeHead {
  readonly size: number;
  readonly root: Buffer;
}

/** Hashes of the tree as it is in the database: nothing in it is believed before it leads to a root that is known. */
export class LogHashes {
  private readonly roots = new Map<string, Buffer>();

  constructor(private readonly reader: LogReader) {}

  /** Looks up what is in the tree of `size` entries, each tile once. */
  at(size: number): HashReader {
    const loaded = new Map<string, Promise<Buffer | undefined>>();
    return tileReader((level, n) => {
      const name = `${level}/${n}`;
      const tile = loaded.get(name) ?? this.load(level, n, size);
      loaded.set(name, tile);
      return tile;
    });
  }

  /** The root that a tree of so many entries has now. */
  rootAt(size: number): Promise<Buffer> {
    return size === 0 ? Promise.resolve(EMPTY_ROOT) : rootOf(size, this.at(size));
  }

  /** For somebody who knows the root of the tree of `old` entries. */
  prove(old: number, size: number, reader = this.at(size)): Promise<Buffer[]> {
    return this.proof(() => consistencyProof(old, size, reader));
  }

  /** That the tree of `head` begins with that of `old`. @param reader of that tree @throws ForkError when it does not */
  async consistency(old: TreeHead, head: TreeHead, reader = this.at(head.size)): Promise<Buffer[]> {
    const proof = await this.prove(old.size, head.size, reader);
    if (!verifyConsistency(old.size, head.size, old.root, head.root, proof))
      throw new ForkError(`the tree of ${head.size} entries does not begin with the one of ${old.size} that is known`);
    return proof;
  }

  /** That an entry is in the tree of `head`. @param reader of that tree @throws ForkError when it is not */
  async inclusion(index: number, leaf: Buffer, head: TreeHead, reader = this.at(head.size)): Promise<Buffer[]> {
    const proof = await this.proof(() => inclusionProof(index, head.size, reader));
    if (!verifyInclusion(index, head.size, leaf, proof, head.root))
      throw new ForkError(`another entry stands at ${index} in the tree of ${head.size}`);
    return proof;
  }

  private async proof(make: () => Promise<Buffer[]>): Promise<Buffer[]> {
    try {
      return await make();
    } catch (error) {
      // what the reader throws, as the database says nothing of the kind
      if (error instanceof Error && /^tile .* is missing$/.test(error.message)) throw new ForkError(error.message);
      throw error;
    }
  }

  private async load(level: number, n: number, size: number): Promise<Buffer | undefined> {
    const width = tileWidth(level, n, size);
    if (width === 0) return undefined;
    if (width === TILE_WIDTH) {
      const full = (await this.reader.tiles(level, n, n)).get(n);
      if (full) return full;
    }
    const first = n * TILE_WIDTH;
    if (level === 0) return leavesOver(first, first + width, this.reader);
    return this.rootsOf(level - 1, first, width);
  }

  /** Of full tiles: the hashes of the level above. */
  private async rootsOf(level: number, first: number, count: number): Promise<Buffer> {
    const missing = Array.from({ length: count }, (_, i) => first + i).filter((n) => !this.roots.has(`${level}/${n}`));
    const [low, high] = [missing[0], missing.at(-1)];
    if (low !== undefined && high !== undefined)
      for (const [n, hashes] of await this.reader.tiles(level, low, high))
        this.remember(`${level}/${n}`, subtreeOf(hashes, 0, TILE_HEIGHT));
    const found: Buffer[] = [];
    for (let n = first; n < first + count; n++) {
      const root = this.roots.get(`${level}/${n}`);
      if (!root) throw new ForkError(`tile ${level}/${n} is missing`);
      found.push(root);
    }
    return Buffer.concat(found);
  }

  private remember(name: string, root: Buffer): void {
    this.roots.set(name, root);
    if (this.roots.size <= ROOTS_KEPT) return;
    const [oldest] = this.roots.keys();
    if (oldest !== undefined) this.roots.delete(oldest);
  }
}
