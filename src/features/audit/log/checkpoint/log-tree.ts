import { setImmediate } from 'node:timers/promises';
import { rootOver } from '../../format/frontier';
import { HASH_BYTES, leafHash } from '../../format/hashes';
import { TileBuilder } from '../../format/tile-builder';
import { subtreeOf, type Tile, TILE_HEIGHT, TILE_WIDTH } from '../../format/tiles';
import { ForkError } from './fork-error';
import type { KnownWriters } from './known-writers';
import type { LogReader, StoredBatch } from './log-reader.store';

const BATCHES_AT_ONCE = 32;

/** One process's own tree of the log: grown from the texts of headers, never from what others say of them. */
export class LogTree {
  private constructor(
    private readonly builder: TileBuilder,
    /** Full tiles since they were last taken. */
    private readonly completed: Tile[],
  ) {}

  static empty(): LogTree {
    return LogTree.from((complete) => new TileBuilder(complete));
  }

  /** From the tiles and the newest headers of the log. Its root says whether they are the right ones. */
  static async restore(size: number, reader: LogReader): Promise<LogTree> {
    const rows: Buffer[] = [await leavesOver(size - (size % TILE_WIDTH), size, reader)];
    for (
      let level = 1, count = Math.floor(size / TILE_WIDTH);
      count >= 1;
      level++, count = Math.floor(count / TILE_WIDTH)
    ) {
      const first = count - (count % TILE_WIDTH);
      const tiles = count > first ? await reader.tiles(level - 1, first, count - 1) : new Map<number, Buffer>();
      const row = Array.from({ length: count - first }, (_, i) => {
        const hashes = tiles.get(first + i);
        if (!hashes) throw new ForkError(`tile ${level - 1}/${first + i} is missing`);
        return subtreeOf(hashes, 0, TILE_HEIGHT);
      });
      rows.push(Buffer.concat(row));
    }
    return LogTree.from((complete) => TileBuilder.restore(size, rows, complete));
  }

  private static from(make: (complete: (tile: Tile) => void) => TileBuilder): LogTree {
    const completed: Tile[] = [];
    return new LogTree(
      make((tile) => void completed.push(tile)),
      completed,
    );
  }

  get size(): number {
    return this.builder.size;
  }

  root(): Buffer {
    return this.builder.root();
  }

  /** Full tiles since they were last taken. */
  takeTiles(): Tile[] {
    return this.completed.splice(0);
  }

  /**
   * Takes in what is new. Lets others have their turn after each batch.
   * @param writers who checks the batches; absent: they are accepted as they were found
   * @param onBatch told of each, after it was taken in
   * @returns whether more was waiting than it took in at once
   * @throws ForkError
   */
  async extend(reader: LogReader, writers?: KnownWriters, onBatch?: (batch: StoredBatch) => void): Promise<boolean> {
    const batches = await reader.batchesFrom(this.size, BATCHES_AT_ONCE);
    for (const batch of batches) {
      const leaves = this.leavesOf(batch);
      await writers?.check(batch, rootOver(leaves));
      for (const leaf of leaves) this.builder.append(leaf);
      onBatch?.(batch);
      await setImmediate();
    }
    return batches.length === BATCHES_AT_ONCE;
  }

  private leavesOf({ firstIndex, n, headers }: StoredBatch): Buffer[] {
    if (firstIndex !== this.size)
      throw new ForkError(`after ${this.size} entries comes the one of index ${firstIndex}`);
    if (headers === undefined) throw new ForkError(`the headers from ${firstIndex} on are missing`);
    const lines = headers.split('\n');
    if (lines.length !== n) throw new ForkError(`the batch at ${firstIndex} has ${lines.length} entries, not ${n}`);
    return lines.map((line) => leafHash(line));
  }
}

/** Leaf hashes from `start` to `end`, made from the headers. @throws ForkError */
export async function leavesOver(start: number, end: number, reader: LogReader): Promise<Buffer> {
  if (end <= start) return Buffer.alloc(0);
  const leaves: Buffer[] = [];
  for (const { firstIndex, headers } of await reader.batchesOver(start, end))
    headers?.split('\n').forEach((line, i) => {
      const index = firstIndex + i;
      if (index >= start && index < end) leaves.push(leafHash(line));
    });
  const bytes = Buffer.concat(leaves);
  if (bytes.length !== (end - start) * HASH_BYTES)
    throw new ForkError(`headers between ${start} and ${end} are missing`);
  return bytes;
}
