import fc from 'fast-check';
import { Frontier } from './frontier';
import { sha256 } from './hashes';
import { consistencyProof, inclusionProof, rootOf, verifyConsistency, verifyInclusion } from './proofs';
import { TileBuilder } from './tile-builder';
import { parseTilePath, type Tile, tilePath, tileReader, tileWidth } from './tiles';

const SIZE = 70_000;
const leaves = Array.from({ length: SIZE }, (_, i) => sha256(`${i}`));

describe('tiles', () => {
  const tiles = new Map<string, Buffer>();
  const roots = new Map<number, Buffer>();
  const built = new Map<number, Buffer>();
  let builder: TileBuilder;
  const keep = ({ level, n, hashes }: Tile) => void tiles.set(tilePath(level, n), hashes);

  beforeAll(() => {
    builder = new TileBuilder(keep);
    const frontier = new Frontier();
    for (const [i, leaf] of leaves.entries()) {
      builder.append(leaf);
      frontier.append(leaf);
      if (i % 4_999 === 0 || i === SIZE - 1) {
        roots.set(i + 1, frontier.root());
        built.set(i + 1, builder.root());
        builder = TileBuilder.restore(builder.size, builder.incomplete(), keep);
      }
    }
  });

  it('have the root of the tree, however they are interrupted', () => expect(built).toEqual(roots));

  it('are as many as C2SP counts for a tree of 70,000', () => {
    expect(tiles.size).toBe(273 + 1);
    expect(builder.incomplete().map((row) => row.length / 32)).toEqual([112, 17, 1]);
    expect([0, 1, 2].map((level) => tileWidth(level, [273, 1, 0][level] as number, SIZE))).toEqual([112, 17, 1]);
    expect(tileWidth(0, 272, SIZE)).toBe(256);
    expect(tileWidth(0, 274, SIZE)).toBe(0);
  });

  it('give every proof, from full tiles and the last leaves alone', async () => {
    const reader = tileReader((level, n) => {
      const full = tiles.get(tilePath(level, n));
      return full ?? (level === 0 ? builder.incomplete()[0] : undefined);
    });
    const root = roots.get(SIZE) as Buffer;
    expect(await rootOf(SIZE, reader)).toEqual(root);
    for (const [old, before] of roots)
      expect(verifyConsistency(old, SIZE, before, root, await consistencyProof(old, SIZE, reader))).toBe(true);
    for (const index of [0, 255, 256, 65_535, 65_536, 69_887, 69_888, SIZE - 1])
      expect(
        verifyInclusion(index, SIZE, leaves[index] as Buffer, await inclusionProof(index, SIZE, reader), root),
      ).toBe(true);
  });

  it('that are missing are named', async () => {
    const reader = tileReader((level, n) => (n === 5 ? undefined : tiles.get(tilePath(level, n))));
    await expect(inclusionProof(5 * 256, 65_536, reader)).rejects.toThrow('tile 0/005 is missing');
  });

  it('have the paths of C2SP', () => {
    expect(tilePath(0, 1_234_067)).toBe('0/x001/x234/067');
    expect(tilePath(1, 0, 17)).toBe('1/000.p/17');
    fc.assert(
      fc.property(fc.nat(63), fc.maxSafeNat(), fc.integer({ min: 1, max: 256 }), (level, n, width) => {
        expect(parseTilePath(tilePath(level, n, width))).toEqual({ level, n, width });
      }),
    );
    for (const wrong of ['0/1', '00/001', '0/x000/001', '0/001.p/256', '0/001.p/0', '../0/001'])
      expect(parseTilePath(wrong)).toBeUndefined();
  });

  it('cannot be restored from too little', () => {
    expect(() => TileBuilder.restore(300, [])).toThrow('level 0 has 44 hashes');
  });
});
