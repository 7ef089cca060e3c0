import fc from 'fast-check';
import { Frontier, rootOver } from './frontier';
import { EMPTY_ROOT, nodeHash, rawLeafHash, sha256 } from './hashes';
import { consistencyProof, inclusionProof, rootOf, verifyConsistency, verifyInclusion } from './proofs';
import { type HashReader, splitOf } from './tree-plan';

const SIZES = 70;
const leaves = Array.from({ length: 2_100 }, (_, i) => sha256(`leaf ${i}`));

/** RFC 6962, 2.1, word for word. */
function naiveRoot(of: readonly Buffer[]): Buffer {
  if (of.length < 2) return of[0] ?? EMPTY_ROOT;
  const k = splitOf(of.length);
  return nodeHash(naiveRoot(of.slice(0, k)), naiveRoot(of.slice(k)));
}
function naivePath(m: number, of: readonly Buffer[]): Buffer[] {
  if (of.length < 2) return [];
  const k = splitOf(of.length);
  return m < k
    ? [...naivePath(m, of.slice(0, k)), naiveRoot(of.slice(k))]
    : [...naivePath(m - k, of.slice(k)), naiveRoot(of.slice(0, k))];
}
function naiveSubproof(m: number, of: readonly Buffer[], known: boolean): Buffer[] {
  if (m === of.length) return known ? [] : [naiveRoot(of)];
  const k = splitOf(of.length);
  return m <= k
    ? [...naiveSubproof(m, of.slice(0, k), known), naiveRoot(of.slice(k))]
    : [...naiveSubproof(m - k, of.slice(k), false), naiveRoot(of.slice(0, k))];
}

const subtrees = new Map<string, Buffer>();
const reader: HashReader = (nodes) =>
  nodes.map(({ level, index }) => {
    const known = subtrees.get(`${level}/${index}`);
    const hash = known ?? naiveRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
    subtrees.set(`${level}/${index}`, hash);
    return hash;
  });

/** The proof with one hash changed, left out, or too many. */
function* changesOf(proof: readonly Buffer[], more: Buffer): Generator<Buffer[]> {
  yield [...proof, more];
  for (let i = 0; i < proof.length; i++) {
    yield proof.map((hash, j) => (i === j ? flipped(hash) : hash));
    yield proof.toSpliced(i, 1);
  }
}
/** All of them in the smallest trees, the neighbours and one more in others. */
function othersThan(index: number, size: number): number[] {
  const all = Array.from({ length: size }, (_, i) => i).filter((other) => other !== index);
  return size <= 20 ? all : all.filter((other) => Math.abs(other - index) === 1 || other === (index * 31) % size);
}
const same = (a: readonly Buffer[], b: readonly Buffer[]) => Buffer.concat(a).equals(Buffer.concat(b));
const flipped = (hash: Buffer) => Buffer.from(hash.map((byte, i) => (i === 3 ? byte ^ 1 : byte)));

describe('the tree', () => {
  it('has the roots of the known test tree', () => {
    const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    const frontier = new Frontier();
    expect(frontier.root().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    for (const [i, hex] of data.entries()) {
      frontier.append(rawLeafHash(Buffer.from(hex, 'hex')));
      expect(frontier.root().toString('hex')).toBe(roots[i]);
    }
  });

  it('is the naive one, however it is interrupted', async () => {
    let frontier = new Frontier();
    for (let size = 0; size < 300; size++) {
      const root = naiveRoot(leaves.slice(0, size));
      expect(frontier.root().equals(root)).toBe(true);
      expect((await rootOf(size, reader)).equals(root)).toBe(true);
      if (size % 7 === 0) frontier = Frontier.restore(size, frontier.serialise());
      frontier.append(leaves[size] as Buffer);
    }
    expect(() => Frontier.restore(3, Buffer.alloc(32))).toThrow('2 peaks');
  });

  it('takes whole subtrees', () => {
    const frontier = new Frontier();
    frontier.appendSubtree(rootOver(leaves.slice(0, 256)), 8);
    frontier.appendSubtree(rootOver(leaves.slice(256, 512)), 8);
    for (const leaf of leaves.slice(512, 515)) frontier.append(leaf);
    expect(frontier.root()).toEqual(naiveRoot(leaves.slice(0, 515)));
    expect(() => frontier.appendSubtree(EMPTY_ROOT, 1)).toThrow('cannot begin');
  });

  it('proves every entry of every small tree, and nothing else', async () => {
    const count = { proven: 0, wrong: 0 };
    for (let size = 1; size <= SIZES; size++) {
      const root = naiveRoot(leaves.slice(0, size));
      for (let index = 0; index < size; index++) {
        const proof = await inclusionProof(index, size, reader);
        const leaf = leaves[index] as Buffer;
        expect(same(proof, naivePath(index, leaves.slice(0, size)))).toBe(true);
        if (verifyInclusion(index, size, leaf, proof, root)) count.proven++;
        for (const changed of changesOf(proof, root))
          if (verifyInclusion(index, size, leaf, changed, root)) count.wrong++;
        for (const other of othersThan(index, size)) if (verifyInclusion(other, size, leaf, proof, root)) count.wrong++;
        if (verifyInclusion(index, size, flipped(leaf), proof, root)) count.wrong++;
        if (verifyInclusion(index, size, leaf, proof, flipped(root))) count.wrong++;
      }
    }
    expect(count).toEqual({ proven: (SIZES * (SIZES + 1)) / 2, wrong: 0 });
  });

  it('proves every beginning of every small tree, and nothing else', async () => {
    const roots = Array.from({ length: SIZES + 1 }, (_, size) => naiveRoot(leaves.slice(0, size)));
    const count = { proven: 0, wrong: 0 };
    for (let size = 1; size <= SIZES; size++)
      for (let old = 1; old <= size; old++) {
        const [before, after] = [roots[old] as Buffer, roots[size] as Buffer];
        const proof = await consistencyProof(old, size, reader);
        expect(same(proof, naiveSubproof(old, leaves.slice(0, size), true))).toBe(true);
        if (verifyConsistency(old, size, before, after, proof)) count.proven++;
        for (const changed of changesOf(proof, after))
          if (verifyConsistency(old, size, before, after, changed)) count.wrong++;
        for (const other of othersThan(old, size))
          if (verifyConsistency(other, size, before, after, proof)) count.wrong++;
        if (verifyConsistency(old, size, flipped(before), after, proof)) count.wrong++;
        if (verifyConsistency(old, size, before, flipped(after), proof)) count.wrong++;
      }
    expect(count).toEqual({ proven: (SIZES * (SIZES + 1)) / 2, wrong: 0 });
  });

  it('holds in trees of any size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: leaves.length }), fc.nat(), fc.nat(), async (size, a, b) => {
        const frontier = new Frontier();
        for (const leaf of leaves.slice(0, size)) frontier.append(leaf);
        const root = frontier.root();
        const [index, old] = [a % size, b % (size + 1)];
        const inclusion = await inclusionProof(index, size, reader);
        expect(verifyInclusion(index, size, leaves[index] as Buffer, inclusion, root)).toBe(true);
        const oldRoot = rootOver(leaves.slice(0, old));
        expect(verifyConsistency(old, size, oldRoot, root, await consistencyProof(old, size, reader))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('refuses nonsense', async () => {
    expect(() => inclusionProof(3, 3, reader)).toThrow('no entry 3');
    expect(() => consistencyProof(4, 3, reader)).toThrow('does not begin with 4');
    for (const [index, size] of [
      [-1, 2],
      [2, 2],
      [0.5, 2],
      [0, 2 ** 53],
    ] as const)
      expect(verifyInclusion(index, size, EMPTY_ROOT, [], EMPTY_ROOT)).toBe(false);
    expect(verifyConsistency(2, 1, EMPTY_ROOT, EMPTY_ROOT, [])).toBe(false);
    expect(verifyConsistency(1, 2, EMPTY_ROOT, EMPTY_ROOT, [])).toBe(false);
    expect(verifyConsistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])).toBe(true);
  });
});
