import { Passage } from './passage';
import { Remembered } from './remembered';

const text = (letter: string) => new Passage(letter.repeat(300));

describe('Remembered', () => {
  it('knows what was made of a text, and of nothing like it', () => {
    const remembered = new Remembered<number>(10);
    remembered.find(text('a'), 'x').keep(1);
    expect(remembered.find(text('a'), 'x').known).toBe(1);
    expect(remembered.find(text('a'), 'y').known).toBeUndefined();
    expect(remembered.find(new Passage(`${'a'.repeat(300)} `), 'x').known).toBeUndefined();
  });

  it('forgets what was not asked for the longest', () => {
    const remembered = new Remembered<number>(2);
    remembered.find(text('a'), '').keep(1);
    remembered.find(text('b'), '').keep(2);
    for (const letter of ['c', 'd', 'e', 'f']) {
      remembered.find(text(letter), '').keep(3);
      expect(remembered.find(text('a'), '').known).toBe(1);
    }
    expect(['b', 'f'].map((letter) => remembered.find(text(letter), '').known)).toEqual([undefined, 3]);
  });

  it('does not bother with short texts', () => {
    const remembered = new Remembered<number>(2);
    remembered.find(new Passage('short'), '').keep(1);
    expect(remembered.find(new Passage('short'), '').known).toBeUndefined();
  });
});
