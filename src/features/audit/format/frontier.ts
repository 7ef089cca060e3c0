import { EMPTY_ROOT, HASH_BYTES } from './hashes';
import { NodePair } from './node-pair';

/**
 * What is needed of a tree to append to it and to know its root: the roots of the complete subtrees that it consists of,
 * one for each bit of its size, the largest first.
 */
export class Frontier {
  /** By level. The left half holds a root where the size has that bit; a hash is written straight to where the next one needs it. */
  private readonly pairs: NodePair[] = [];
  private count = 0;

  /** @param peaks as `serialise` gives them */
  static restore(size: number, peaks: Uint8Array): Frontier {
    const frontier = new Frontier();
    const expected = ones(size);
    if (!Number.isSafeInteger(size) || size < 0 || peaks.length !== expected * HASH_BYTES)
      throw new Error(`a tree of ${size} entries has ${expected} peaks of ${HASH_BYTES} bytes`);
    let end = peaks.length;
    for (const level of levelsOf(size)) {
      frontier.pair(level).left = peaks.subarray(end - HASH_BYTES, end);
      end -= HASH_BYTES;
    }
    frontier.count = size;
    return frontier;
  }

  get size(): number {
    return this.count;
  }

  append(leaf: Buffer): void {
    this.put(leaf, 0, this.count);
    this.count++;
  }

  /** Appends 2^level entries at once: the root of a complete subtree. The size must be a multiple of that. */
  appendSubtree(root: Buffer, level: number): void {
    const width = 2 ** level;
    if (this.count % width) throw new Error(`a subtree of ${width} entries cannot begin at ${this.count}`);
    this.put(root, level, this.count / width);
    this.count += width;
  }

  root(): Buffer {
    let root: Buffer | undefined;
    for (const level of levelsOf(this.count)) {
      const pair = this.pair(level);
      if (root) pair.right = root;
      root = root ? Buffer.from(pair.node(), 'latin1') : pair.left;
    }
    return root ?? EMPTY_ROOT;
  }

  serialise(): Buffer {
    const peaks = [...levelsOf(this.count)].map((level) => this.pair(level).left);
    return Buffer.concat(peaks.reverse());
  }

  copy(): Frontier {
    return Frontier.restore(this.count, this.serialise());
  }

  /** Begins again with an empty tree. */
  clear(): void {
    this.count = 0;
  }

  /** @param before how many subtrees of that level there are */
  private put(root: Buffer, level: number, before: number): void {
    let pair = this.pair(level);
    if (before % 2 === 0) {
      pair.left = root;
      return;
    }
    pair.right = root;
    for (let above = level + 1, left = Math.floor(before / 2); ; above++, left = Math.floor(left / 2)) {
      const node = pair.node();
      pair = this.pair(above);
      if (left % 2 === 0) return pair.writeLeft(node);
      pair.writeRight(node);
    }
  }

  private pair(level: number): NodePair {
    while (this.pairs.length <= level) this.pairs.push(new NodePair());
    return this.pairs[level] as NodePair;
  }
}

const scratch = new Frontier();

/** The root over these leaves. */
export function rootOver(leaves: Iterable<Buffer>): Buffer {
  scratch.clear();
  for (const leaf of leaves) scratch.append(leaf);
  return scratch.root();
}

/** The levels of the complete subtrees that a tree consists of, the smallest first. */
function* levelsOf(size: number): Generator<number> {
  for (let level = 0, rest = size; rest >= 1; level++, rest = Math.floor(rest / 2)) if (rest % 2 === 1) yield level;
}

function ones(size: number): number {
  let count = 0;
  for (let rest = size; rest >= 1; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
