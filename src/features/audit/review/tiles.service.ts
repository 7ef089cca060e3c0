import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { parseTilePath, TILE_WIDTH } from '../format/tiles';
import { EntriesStore } from './entries.store';
import { CheckpointsStore } from './checkpoints.store';
import { Evidence } from './evidence.service';
import { Tree } from './tree.service';
import { requireRoot } from './whose';

const ENTRIES = /^entries\//;
const CONTEXT = 'gatehouse-audit-entry/v1\n';

export interface TileBytes {
  readonly bytes: Buffer;
  /** It will never change. */
  readonly complete: boolean;
}

/** The tree in the files of C2SP's tlog-tiles, up to the newest checkpoint. Hashes tell nothing; who reads entries is recorded. */
@Injectable()
export class Tiles {
  constructor(
    private readonly tree: Tree,
    private readonly log: EntriesStore,
    private readonly checkpoints: CheckpointsStore,
    private readonly evidence: Evidence,
  ) {}

  async read(caller: Caller, path: string): Promise<TileBytes> {
    requireRoot(caller, 'read the tree of all tenants');
    const place = parseTilePath(path.replace(ENTRIES, '0/'));
    if (!place) throw missing();
    const size = (await this.checkpoints.latest())?.size ?? 0;
    const complete = place.width === TILE_WIDTH;
    if (ENTRIES.test(path)) return { bytes: await this.entries(caller, place, size), complete: false };
    const bytes = await this.tree.tile(place, size);
    if (!bytes) throw missing();
    return { bytes, complete };
  }

  /** Each entry's leaf data after its length: two bytes, the higher one first. */
  private async entries(caller: Caller, { n, width }: { n: number; width: number }, size: number): Promise<Buffer> {
    const first = n * TILE_WIDTH;
    const last = first + width - 1;
    if (last >= size) throw missing();
    const parts: Buffer[] = [];
    for await (const { text } of this.log.between({}, first, last)) {
      const data = Buffer.from(CONTEXT + text);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(data.length);
      parts.push(length, data);
    }
    if (parts.length !== 2 * width) throw missing();
    await this.evidence.record(caller, 'audit.read', { metadata: { first, last, count: width } });
    return Buffer.concat(parts);
  }
}

const missing = () => new GatewayError('not_found', 'There is no such tile');
