import { pieces } from './pieces';

async function* chunksOf(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}
const cut = async (size: number, ...texts: string[]) => {
  const found: string[] = [];
  for await (const piece of pieces(chunksOf(...texts), size)) found.push(piece.toString());
  return found;
};

describe('pieces', () => {
  it.each([
    [[], []],
    [[''], []],
    [['ab'], ['ab']],
    [['abcd'], ['abcd']],
    [['abcdefghij'], ['abcd', 'efgh', 'ij']],
    [
      ['a', 'bc', 'defghi', 'jklm'],
      ['abcd', 'efgh', 'ijkl', 'm'],
    ],
  ])('of %j are %j', async (chunks, expected) => {
    expect(await cut(4, ...chunks)).toEqual(expected);
  });
});
