import type { BundleEntry, WithheldRun } from './bundle-layout';
import { leafHash } from './hashes';
import type { HashReader, TreeNode } from './tree-plan';

/**
 * The complete subtrees that the entries from `from` up to, but not including, `to` are made of.
 * @param splits sizes of trees whose roots must be computable: no subtree reaches across
 */
export function withheldSubtrees(from: number, to: number, splits: readonly number[] = []): TreeNode[] {
  const ends = [...splits.filter((size) => size > from && size < to), to].toSorted((a, b) => a - b);
  const nodes: TreeNode[] = [];
  let at = from;
  for (const end of ends)
    while (at < end) {
      let level = 0;
      while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level++;
      nodes.push({ level, index: at / 2 ** level });
      at += 2 ** level;
    }
  return nodes;
}

/** Entries that a bundle does not show. */
export async function withheldRun(
  from: number,
  to: number,
  reader: HashReader,
  splits: readonly number[] = [],
): Promise<WithheldRun> {
  const nodes = withheldSubtrees(from, to, splits);
  const hashes = await reader(nodes);
  const subtrees = nodes.map(({ level }, i) => ({ level, hash: hashes[i] as Buffer }));
  return { kind: 'withheld', first: from, subtrees };
}

/** The same entry, not shown. */
export function withholdEntry(entry: BundleEntry): BundleEntry {
  return entry.header === undefined ? entry : { leaf: leafHash(entry.header) };
}
