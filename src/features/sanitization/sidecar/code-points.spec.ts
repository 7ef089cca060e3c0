import { CodePoints } from './code-points';

describe('CodePoints', () => {
  it.each([
    ['', [0]],
    ['abc', [0, 1, 2, 3]],
    ['größe', [0, 1, 2, 3, 4, 5]],
    ['a😀b', [0, 1, 3, 4]],
    ['😀😀', [0, 2, 4]],
    ['\ud83da', [0, 1, 2]],
    ['\ude00😀\ud83d', [0, 1, 3, 4]],
  ])('says where each code point of %j begins, and where the text ends', (text, units) => {
    const points = new CodePoints(text);
    expect(points.length).toBe(units.length - 1);
    expect(units.map((_, point) => points.toUnits(point))).toEqual(units);
  });
});
