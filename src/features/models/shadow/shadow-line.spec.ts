import { ShadowLine } from './shadow-line';

describe('ShadowLine', () => {
  it('does so much at a time, lets a few wait, and turns the rest away', async () => {
    const line = new ShadowLine(1);
    const ends: (() => void)[] = [];
    const begun: string[] = [];
    const offer = (name: string, which = 'a') =>
      line.offer(which, 2, () => {
        begun.push(name);
        return new Promise<void>((end) => ends.push(end));
      });
    expect(['1', '2', '3', '4'].map((name) => offer(name))).toEqual([true, true, true, false]);
    expect(begun).toEqual(['1', '2']);
    expect(offer('other', 'b')).toBe(true);
    ends[0]!();
    await Promise.resolve();
    await Promise.resolve();
    expect(begun).toEqual(['1', '2', 'other', '3']);
    expect(offer('5')).toBe(true);
    expect(offer('6')).toBe(false);
  });
});
