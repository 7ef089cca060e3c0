import type { Json } from '../../contract/json';
import type { Line } from '../../features/batches';
import { withResults } from './with-results';

// eslint-disable-next-line @typescript-eslint/require-await -- lines are asynchronous wherever they come from
async function* linesOf(count: number, bytes: number): AsyncGenerator<Line> {
  for (let i = 1; i <= count; i++) yield { n: i * 2, bytes: Buffer.alloc(bytes) };
}
const read = async (count: number, bytes = 1) => {
  const asked: number[] = [];
  const steps = (keys: readonly string[]) => {
    asked.push(keys.length);
    return Promise.resolve(new Map<string, Json>(keys.filter((key) => key.endsWith('3')).map((key) => [key, key])));
  };
  const found: (readonly [number, number, unknown])[] = [];
  for await (const { n, line, result } of withResults(linesOf(count, bytes), steps)) found.push([n, line.n, result]);
  return { asked, found };
};

describe('lines with what came of them', () => {
  it('are numbered, and looked up many at a time', async () => {
    const { asked, found } = await read(250);
    expect(asked).toEqual([100, 100, 50]);
    expect(found.slice(0, 4)).toEqual([
      [1, 2, undefined],
      [2, 4, undefined],
      [3, 6, 'line 3'],
      [4, 8, undefined],
    ]);
    expect(found).toHaveLength(250);
  });

  it('are fewer at a time when they are long', async () => {
    expect((await read(5, 2_000_000)).asked).toEqual([3, 2]);
    expect((await read(0)).asked).toEqual([]);
  });
});
