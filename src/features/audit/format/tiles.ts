import { rootOver } from './frontier';
import { HASH_BYTES, nodeHash } from './hashes';
import type { HashReader, TreeNode } from './tree-plan';

export const TILE_HEIGHT = 8;
export const TILE_WIDTH = 256;
export const TILE_BYTES = TILE_WIDTH * HASH_BYTES;

/** C2SP tlog-tiles: 256 hashes of level `8 * level`, from `256 * n` on. */
export interface Tile {
  readonly level: number;
  readonly n: number;
  readonly hashes: Buffer;
}

/** `0/x001/x234/067`, and `.p/17` for a tile of 17 hashes. */
export function tilePath(level: number, n: number, width = TILE_WIDTH): string {
  const digits = `${n}`.padStart(Math.ceil(`${n}`.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const path = digits.map((part, i) => (i < digits.length - 1 ? `x${part}` : part)).join('/');
  return `${level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

/** Undefined when it is not the path of a tile, written as `tilePath` does. */
export function parseTilePath(path: string): { level: number; n: number; width: number } | undefined {
  const found = /^(\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (!found) return undefined;
  const [, level, digits, width] = found;
  const tile = {
    level: Number(level),
    n: Number((digits as string).replace(/[x/]/g, '')),
    width: Number(width ?? TILE_WIDTH),
  };
  return tilePath(tile.level, tile.n, tile.width) === path ? tile : undefined;
}

/** How many hashes of the tile exist in a tree of that size, 256 at most. */
export function tileWidth(level: number, n: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level) - n * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, hashes));
}

/** The root of the subtree whose lowest hashes are `from` to `from + 2^height` of the tile. */
export function subtreeOf(hashes: Buffer, from: number, height: number): Buffer {
  return rootOver(Array.from({ length: 2 ** height }, (_, i) => at(hashes, from + i)));
}

/**
 * Hashes out of tiles. A tile that is incomplete may be absent where those below it are there: it is made from them.
 * @param load the tile, or as much of it as there is
 * @returns a reader that throws when something is missing
 */
export function tileReader(
  load: (level: number, n: number) => Buffer | undefined | Promise<Buffer | undefined>,
): HashReader {
  return async (nodes) => {
    const tiles = new Map<string, Buffer | undefined>();
    const tile = async (level: number, n: number): Promise<Buffer | undefined> => {
      const name = `${level}/${n}`;
      if (!tiles.has(name)) tiles.set(name, await load(level, n));
      return tiles.get(name);
    };
    const read = async ({ level, index }: TreeNode): Promise<Buffer> => {
      const tileLevel = Math.floor(level / TILE_HEIGHT);
      const height = level % TILE_HEIGHT;
      const first = index * 2 ** height;
      const n = Math.floor(first / TILE_WIDTH);
      const from = first - n * TILE_WIDTH;
      const hashes = await tile(tileLevel, n);
      if (hashes && hashes.length >= (from + 2 ** height) * HASH_BYTES) return subtreeOf(hashes, from, height);
      if (level < TILE_HEIGHT) throw new Error(`tile ${tilePath(tileLevel, n)} is missing`);
      return nodeHash(
        await read({ level: level - 1, index: 2 * index }),
        await read({ level: level - 1, index: 2 * index + 1 }),
      );
    };
    const found: Buffer[] = [];
    for (const node of nodes) found.push(await read(node));
    return found;
  };
}

function at(hashes: Buffer, index: number): Buffer {
  return hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
}
