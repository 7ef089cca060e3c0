import { EMPTY_ROOT, HASH_BYTES } from './hashes';
import { type Tile, subtreeOf, TILE_HEIGHT, TILE_WIDTH } from './tiles';
import { fold, foldOf } from './tree-plan';

/** Grows a tree and hands every tile over when it is complete. Holds one incomplete tile for each level: 8 KB at most each. */
export class TileBuilder {
  private readonly rows: Buffer[][] = [];
  private count = 0;

  constructor(private readonly complete: (tile: Tile) => void = () => undefined) {}

  /** @param rows the hashes of the incomplete tiles, lowest level first, as `incomplete` gives them */
  static restore(size: number, rows: readonly Buffer[], complete?: (tile: Tile) => void): TileBuilder {
    const builder = new TileBuilder(complete);
    for (let level = 0, rest = size; rest >= 1; level++, rest = Math.floor(rest / TILE_WIDTH)) {
      const row = rows[level] ?? Buffer.alloc(0);
      if (row.length !== (rest % TILE_WIDTH) * HASH_BYTES)
        throw new Error(`level ${level} has ${rest % TILE_WIDTH} hashes`);
      builder.rows.push(
        Array.from({ length: rest % TILE_WIDTH }, (_, i) =>
          Buffer.from(row.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)),
        ),
      );
    }
    builder.count = size;
    return builder;
  }

  get size(): number {
    return this.count;
  }

  append(leaf: Buffer): void {
    this.put(0, leaf);
    this.count++;
  }

  /** The hashes of the incomplete tiles, lowest level first. */
  incomplete(): Buffer[] {
    return this.rows.map((row) => Buffer.concat(row));
  }

  root(): Buffer {
    if (!this.count) return EMPTY_ROOT;
    const hashes = foldOf(0, this.count).map(({ level, index }) => {
      const height = level % TILE_HEIGHT;
      const row = this.rows[Math.floor(level / TILE_HEIGHT)] as Buffer[];
      return subtreeOf(Buffer.concat(row), (index * 2 ** height) % TILE_WIDTH, height);
    });
    return fold(hashes);
  }

  private put(level: number, hash: Buffer): void {
    const row = (this.rows[level] ??= []);
    row.push(hash);
    if (row.length < TILE_WIDTH) return;
    const hashes = Buffer.concat(row);
    row.length = 0;
    this.complete({ level, n: this.indexOf(level), hashes });
    this.put(level + 1, subtreeOf(hashes, 0, TILE_HEIGHT));
  }

  /** The index of the tile of that level that has just been filled. */
  private indexOf(level: number): number {
    return Math.floor(this.count / TILE_WIDTH ** (level + 1));
  }
}
