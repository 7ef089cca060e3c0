import { WordTable } from './word-table';

describe('WordTable', () => {
  const words = Array.from({ length: 2_000 }, (_, i) => i.toString(36));
  const table = new WordTable(new Map(words.map((word, index) => [word, index])));

  it('finds every word where it stands in a text', () => {
    const text = words.join(' ');
    let start = 0;
    for (const [index, word] of words.entries()) {
      expect(table.find(text, start, start + word.length)).toBe(index);
      start += word.length + 1;
    }
  });

  it('finds nothing that is no word of its own', () => {
    expect(table.find('zzzz', 0, 4)).toBeUndefined();
    expect(table.find('', 0, 0)).toBeUndefined();
    expect(new WordTable<number>(new Map()).find('a', 0, 1)).toBeUndefined();
    // half of one, and one with its neighbour
    expect(new WordTable(new Map([['ab', 1]])).find('ab c', 0, 1)).toBeUndefined();
    expect(new WordTable(new Map([['ab', 1]])).find('ab c', 0, 3)).toBeUndefined();
  });
});
