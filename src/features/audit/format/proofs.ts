import { EMPTY_ROOT, nodeHash } from './hashes';
import { fold, type Fold, foldOf, type HashReader, planConsistency, planInclusion } from './tree-plan';

/** The root of a tree whose complete subtrees can be looked up. */
export async function rootOf(size: number, reader: HashReader): Promise<Buffer> {
  const [root] = await resolve([foldOf(0, size)], reader);
  return root as Buffer;
}

/** Hashes from the entry's sibling to the child of the root. */
export function inclusionProof(index: number, size: number, reader: HashReader): Promise<Buffer[]> {
  return resolve(planInclusion(index, size), reader);
}

export function consistencyProof(old: number, size: number, reader: HashReader): Promise<Buffer[]> {
  return resolve(planConsistency(old, size), reader);
}

async function resolve(folds: readonly Fold[], reader: HashReader): Promise<Buffer[]> {
  const hashes = await reader(folds.flat());
  let at = 0;
  return folds.map((nodes) => fold(hashes.slice(at, (at += nodes.length))));
}

/** RFC 9162, 2.1.3.2. */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Buffer,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (!isIndex(index) || !isIndex(size) || index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else hash = nodeHash(hash, sibling);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && hash.equals(root);
}

/** RFC 9162, 2.1.4.2; the tree of nothing is the beginning of every tree. */
export function verifyConsistency(
  old: number,
  size: number,
  oldRoot: Buffer,
  root: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (!isIndex(old) || !isIndex(size) || old > size) return false;
  if (old === 0) return proof.length === 0 && oldRoot.equals(EMPTY_ROOT) && (size > 0 || root.equals(EMPTY_ROOT));
  if (old === size) return proof.length === 0 && oldRoot.equals(root);
  let fn = old - 1;
  let sn = size - 1;
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  const path = fn === 0 ? [oldRoot, ...proof] : proof;
  const [first, ...rest] = path;
  if (!first) return false;
  let [fr, sr] = [first, first];
  for (const hash of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(hash, fr);
      sr = nodeHash(hash, sr);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else sr = nodeHash(sr, hash);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && fr.equals(oldRoot) && sr.equals(root);
}

const half = (value: number): number => Math.floor(value / 2);
const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
