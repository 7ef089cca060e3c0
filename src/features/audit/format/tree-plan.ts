import { EMPTY_ROOT, nodeHash } from './hashes';

/** The root of a complete subtree: it covers the entries from `index * 2^level`, 2^level of them. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** Complete subtrees, from left to right, whose hashes are folded from the right into one. */
export type Fold = readonly TreeNode[];

/** Looks hashes of complete subtrees up, in the order asked. */
export type HashReader = (nodes: readonly TreeNode[]) => readonly Buffer[] | Promise<readonly Buffer[]>;

/** The root of the entries from `start` to `end`, where `start` is a multiple of the smallest power of two >= end - start. */
export function foldOf(start: number, end: number): Fold {
  const nodes: TreeNode[] = [];
  for (let level = 52, at = start; level >= 0; level--)
    if (end - at >= 2 ** level) {
      nodes.push({ level, index: at / 2 ** level });
      at += 2 ** level;
    }
  return nodes;
}

/** RFC 6962, 2.1.1: what the inclusion proof of an entry consists of, from its sibling upwards. */
export function planInclusion(index: number, size: number): readonly Fold[] {
  if (!isIndex(index) || !isIndex(size) || index >= size) throw new Error(`no entry ${index} in a tree of ${size}`);
  const folds: Fold[] = [];
  for (let start = 0, end = size; end - start > 1;) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      folds.push(foldOf(middle, end));
      end = middle;
    } else {
      folds.push(foldOf(start, middle));
      start = middle;
    }
  }
  return folds.reverse();
}

/** RFC 6962, 2.1.2: what the proof consists of that the tree of `size` begins with the tree of `old`. */
export function planConsistency(old: number, size: number): readonly Fold[] {
  if (!isIndex(old) || !isIndex(size) || old > size) throw new Error(`a tree of ${size} does not begin with ${old}`);
  if (old === 0 || old === size) return [];
  const folds: Fold[] = [];
  let start = 0;
  let end = size;
  while (old < end) {
    const middle = start + splitOf(end - start);
    if (old <= middle) {
      folds.push(foldOf(middle, end));
      end = middle;
    } else {
      folds.push(foldOf(start, middle));
      start = middle;
    }
  }
  // a verifier knows the old root: it is not told what it is when it is one of the subtrees
  if (start > 0) folds.push(foldOf(start, end));
  return folds.reverse();
}

export function fold(hashes: readonly Buffer[]): Buffer {
  let hash = hashes.at(-1);
  for (let i = hashes.length - 2; i >= 0; i--) hash = nodeHash(hashes[i] as Buffer, hash as Buffer);
  return hash ?? EMPTY_ROOT;
}

/** The largest power of two that is smaller. */
export function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
