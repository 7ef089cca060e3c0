import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './hashes';

/**
 * What is needed of a tree to append to it and to know its root: the roots of the complete subtrees that it consists of,
 * one for each bit of its size, the largest first.
 */
export class Frontier {
  private readonly peaks: Buffer[] = [];
  private count = 0;

  /** @param peaks as `serialise` gives them */
  static restore(size: number, peaks: Uint8Array): Frontier {
    const frontier = new Frontier();
    const expected = ones(size);
    if (!Number.isSafeInteger(size) || size < 0 || peaks.length !== expected * HASH_BYTES)
      throw new Error(`a tree of ${size} entries has ${expected} peaks of ${HASH_BYTES} bytes`);
    for (let i = 0; i < expected; i++)
      frontier.peaks.push(Buffer.from(peaks.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)));
    frontier.count = size;
    return frontier;
  }

  get size(): number {
    return this.count;
  }

  append(leaf: Buffer): void {
    let hash = leaf;
    for (let left = this.count; left % 2 === 1; left = Math.floor(left / 2))
      hash = nodeHash(this.peaks.pop() as Buffer, hash);
    this.peaks.push(hash);
    this.count++;
  }

  /** Appends 2^level entries at once: the root of a complete subtree. The size must be a multiple of that. */
  appendSubtree(root: Buffer, level: number): void {
    const width = 2 ** level;
    if (this.count % width) throw new Error(`a subtree of ${width} entries cannot begin at ${this.count}`);
    let hash = root;
    for (let left = this.count / width; left % 2 === 1; left = Math.floor(left / 2))
      hash = nodeHash(this.peaks.pop() as Buffer, hash);
    this.peaks.push(hash);
    this.count += width;
  }

  root(): Buffer {
    let hash = this.peaks.at(-1);
    for (let i = this.peaks.length - 2; i >= 0; i--) hash = nodeHash(this.peaks[i] as Buffer, hash as Buffer);
    return hash ?? EMPTY_ROOT;
  }

  serialise(): Buffer {
    return Buffer.concat(this.peaks);
  }

  copy(): Frontier {
    return Frontier.restore(this.count, this.serialise());
  }
}

/** The root over these leaves. */
export function rootOver(leaves: Iterable<Buffer>): Buffer {
  const frontier = new Frontier();
  for (const leaf of leaves) frontier.append(leaf);
  return frontier.root();
}

function ones(size: number): number {
  let count = 0;
  for (let rest = size; rest >= 1; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
