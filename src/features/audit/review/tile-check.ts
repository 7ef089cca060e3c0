import type { BatchRun, Run } from '../format/bundle-layout';
import { rootOver } from '../format/frontier';
import { HASH_BYTES, leafHash } from '../format/hashes';
import { TILE_BYTES, TILE_WIDTH } from '../format/tiles';
import type { Problem } from './verifications.store';

/** Tiles that are read at a time. */
const AT_ONCE = 32;

/** Where tiles are kept. */
export interface TileStore {
  /** Full tiles from `first` to `last`. */
  tiles(level: number, first: number, last: number): Promise<Map<number, Buffer>>;
}

/**
 * Holds the stored tiles against the entries, as these are read: the verifier grows a tree of its own, while proofs, and the
 * check of a start, are made from the tiles.
 */
export class TileCheck {
  /** By the tile that each is about. */
  private readonly found = new Map<string, Problem>();
  private held = new Map<string, Buffer>();

  /** @param size of the tree that the newest checkpoint covers */
  constructor(
    private readonly store: TileStore,
    private readonly size: number,
  ) {}

  get problems(): Problem[] {
    return [...this.found.values()];
  }

  /** The same runs, looked at on their way. */
  async *watch(runs: AsyncIterable<Run> | Iterable<Run>): AsyncGenerator<Run, void> {
    for await (const run of runs) {
      if (run.kind === 'batch') await this.compare(run);
      yield run;
    }
  }

  /** Each hash of a tile is the root of a tile below. @param pause others have their turn */
  async above(pause: () => Promise<void> | undefined): Promise<void> {
    for (let level = 1; this.full(level) > 0; level++)
      for (let n = 0; n < this.full(level); n++) {
        const tile = await this.tile(level, n);
        for (let i = 0; tile && i < TILE_WIDTH; i++) {
          const below = await this.tile(level - 1, n * TILE_WIDTH + i);
          if (below && !rootOver(hashesOf(below)).equals(hashAt(tile, i)))
            this.report(level, n, 'contradicts those below it', (n * TILE_WIDTH + i) * TILE_WIDTH ** level);
          await pause();
        }
      }
  }

  private async compare({ first, entries }: BatchRun): Promise<void> {
    for (let i = 0; i < entries.length;) {
      const n = Math.floor((first + i) / TILE_WIDTH);
      if (n >= this.full(0)) return;
      const tile = await this.tile(0, n);
      for (; i < entries.length && Math.floor((first + i) / TILE_WIDTH) === n; i++) {
        const entry = entries[i] as (typeof entries)[number];
        const leaf = entry.header === undefined ? entry.leaf : leafHash(entry.header);
        if (tile && !hashAt(tile, (first + i) % TILE_WIDTH).equals(leaf))
          this.report(0, n, `holds another hash than that of entry ${first + i}`, first + i);
      }
    }
  }

  /** Undefined, and reported, where it is missing. */
  private async tile(level: number, n: number): Promise<Buffer | undefined> {
    if (!this.held.has(named(level, n))) {
      // they are asked for in order, one level beside the other
      if (this.held.size > 2 * AT_ONCE) this.held = new Map();
      const last = Math.min(n + AT_ONCE, this.full(level)) - 1;
      for (const [i, hashes] of await this.store.tiles(level, n, last)) this.held.set(named(level, i), hashes);
    }
    const tile = this.held.get(named(level, n));
    if (tile?.length === TILE_BYTES) return tile;
    this.report(level, n, 'is missing', n * TILE_WIDTH ** (level + 1));
    return undefined;
  }

  /** How many tiles of that level are full. */
  private full(level: number): number {
    return Math.floor(this.size / TILE_WIDTH ** (level + 1));
  }

  private report(level: number, n: number, what: string, index: number): void {
    const name = named(level, n);
    if (!this.found.has(name)) this.found.set(name, { code: 'tile', detail: `The stored ${name} ${what}`, index });
  }
}

const named = (level: number, n: number): string => `tile ${n} of level ${level}`;
const hashAt = (tile: Buffer, i: number): Buffer => tile.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
const hashesOf = (tile: Buffer): Buffer[] => Array.from({ length: TILE_WIDTH }, (_, i) => hashAt(tile, i));
