import { randomBytes } from 'node:crypto';
import type { Run } from '../format/bundle-layout';
import { leafHash } from '../format/hashes';
import { TileBuilder } from '../format/tile-builder';
import { TileCheck } from './tile-check';

const ENTRIES = 2 * 256 * 256 + 700;
const BATCH = 300;

describe('tiles beside the entries that they were made from', () => {
  const headers = Array.from({ length: ENTRIES }, (_, i) => `{"entry":${i}}`);
  const made = new Map<string, Buffer>();
  const builder = new TileBuilder(({ level, n, hashes }) => made.set(`${level}/${n}`, hashes));
  headers.forEach((header) => builder.append(leafHash(header)));

  const runs = (): Run[] =>
    Array.from({ length: Math.ceil(ENTRIES / BATCH) }, (_, i) => ({
      kind: 'batch',
      first: i * BATCH,
      origin: '',
      writer: '',
      lane: 1,
      signature: Buffer.alloc(0),
      committedAt: '',
      entries: headers
        .slice(i * BATCH, (i + 1) * BATCH)
        .map((header, j) => (j % 7 === 1 ? { leaf: leafHash(header) } : { header })),
    }));

  async function problems(tiles: ReadonlyMap<string, Buffer>, of: readonly Run[] = runs()) {
    const store = {
      tiles: async (level: number, first: number, last: number) =>
        new Map(
          Array.from({ length: last - first + 1 }, (_, i) => first + i).flatMap((n) => {
            const tile = tiles.get(`${level}/${n}`);
            return tile ? [[n, tile] as const] : [];
          }),
        ),
    };
    const check = new TileCheck(store, ENTRIES);
    let passed = 0;
    for await (const run of check.watch(of)) if (run.kind === 'batch') passed += run.entries.length;
    await check.above(() => undefined);
    return { passed, problems: check.problems };
  }

  const changed = (name: string, at: number) => {
    const tile = Buffer.from(made.get(name) as Buffer);
    tile[at] = (tile[at] as number) ^ 1;
    return new Map([...made, [name, tile]]);
  };

  it('finds nothing where nothing is wrong', async () => {
    expect(made.size).toBe(2 * 256 + 2 + 2);
    expect(await problems(made)).toEqual({ passed: ENTRIES, problems: [] });
  });

  it('names a tile that was changed, and the entry whose hash it holds no more', async () => {
    const index = 71 * 256 + 33;
    expect((await problems(changed('0/71', 33 * 32 + 5))).problems).toEqual([
      { code: 'tile', detail: `The stored tile 71 of level 0 holds another hash than that of entry ${index}`, index },
      { code: 'tile', detail: 'The stored tile 0 of level 1 contradicts those below it', index: 71 * 256 },
    ]);
    expect((await problems(changed('1/1', 3 * 32))).problems).toEqual([
      { code: 'tile', detail: 'The stored tile 1 of level 1 contradicts those below it', index: (256 + 3) * 256 },
    ]);
  });

  it('names tiles that are missing, or cut', async () => {
    const without = new Map(made);
    without.delete('0/300');
    expect((await problems(without)).problems).toEqual([
      { code: 'tile', detail: 'The stored tile 300 of level 0 is missing', index: 300 * 256 },
    ]);
    const cut = new Map([...made, ['1/0', randomBytes(32)]]);
    expect((await problems(cut)).problems).toEqual([
      { code: 'tile', detail: 'The stored tile 0 of level 1 is missing', index: 0 },
    ]);
  });

  it('has nothing to hold against what is withheld', async () => {
    const withheld: Run = { kind: 'withheld', first: 0, subtrees: [{ level: 8, hash: Buffer.alloc(32) }] };
    expect((await problems(made, [withheld])).problems).toEqual([]);
  });
});
