import { Injectable } from '@nestjs/common';
import { HASH_BYTES } from '../format/hashes';
import { TILE_HEIGHT, TILE_WIDTH, tileWidth } from '../format/tiles';
import type { HashReader } from '../format/tree-plan';
import { LogHashes } from '../log/checkpoint/log-hashes';
import { LogReader } from '../log/checkpoint/log-reader.store';
import { AuditPools } from './audit-pools.service';

/** The hashes of the tree, as the database has them. */
@Injectable()
export class Tree {
  private readonly log: LogReader;
  private readonly hashes: LogHashes;

  constructor({ reader }: AuditPools) {
    this.log = new LogReader(reader);
    this.hashes = new LogHashes(this.log);
  }

  /** Looks up what is in the tree of `size` entries. */
  at(size: number): HashReader {
    return this.hashes.at(size);
  }

  /** The first `width` hashes of a tile; undefined when a tree of that size does not have them. */
  async tile(
    { level, n, width }: { level: number; n: number; width: number },
    size: number,
  ): Promise<Buffer | undefined> {
    if (tileWidth(level, n, size) < width) return undefined;
    if (width === TILE_WIDTH) {
      const stored = (await this.log.tiles(level, n, n)).get(n);
      if (stored) return stored;
    }
    const nodes = Array.from({ length: width }, (_, i) => ({ level: level * TILE_HEIGHT, index: n * TILE_WIDTH + i }));
    const hashes = Buffer.concat(await this.at(size)(nodes));
    return hashes.length === width * HASH_BYTES ? hashes : undefined;
  }

  /** Whether everything up to that index is in complete tiles, so that the tree does not need the entries any more. */
  async isSettled(index: number): Promise<boolean> {
    const n = Math.floor(index / TILE_WIDTH);
    return (await this.log.tiles(0, n, n)).has(n);
  }
}
