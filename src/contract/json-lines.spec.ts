import { type Line, linesOf } from './json-lines';

async function* chunksOf(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}
const read = async (maxBytes: number, ...texts: string[]) => {
  const found: [number, string | undefined][] = [];
  for await (const { n, bytes } of linesOf(chunksOf(...texts), maxBytes)) found.push([n, bytes?.toString()]);
  return found;
};

describe('lines', () => {
  it.each<[string[], [number, string][]]>([
    [[], []],
    [['', '\n \r\n\t'], []],
    [['{}'], [[1, '{}']]],
    [
      ['a\nb\n'],
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      ['\uFEFFa\n\n', 'b'],
      [
        [1, 'a'],
        [3, 'b'],
      ],
    ],
    [
      ['a', 'b\r', '\nc', '', 'd\n'],
      [
        [1, 'ab\r'],
        [2, 'cd'],
      ],
    ],
  ])('of %j are %j', async (chunks, expected) => {
    expect(await read(10, ...chunks)).toEqual(expected);
  });

  it('are cut nowhere, wherever the chunks are', async () => {
    const text = 'größe\nzwei\n\ndrei';
    const whole = await read(100, text);
    const bytes = Buffer.from(text);
    for (let at = 0; at <= bytes.length; at++) {
      const found: Line[] = [];
      const parts = (async function* () {
        yield bytes.subarray(0, at);
        yield bytes.subarray(at);
      })();
      for await (const line of linesOf(parts, 100)) found.push(line);
      expect(found.map(({ n, bytes: text }) => [n, text?.toString()])).toEqual(whole);
    }
  });

  it('that are too long are told of and not kept', async () => {
    expect(await read(3, 'abc\nab', 'cd\nx\nabcd')).toEqual([
      [1, 'abc'],
      [2, undefined],
      [3, 'x'],
      [4, undefined],
    ]);
  });
});
