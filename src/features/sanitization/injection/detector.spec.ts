import { windowsOf } from './detector';
import { scoresOf } from './label-scores';

const attack = new Set(['injection']);

describe('windows', () => {
  it('cover a text with overlap, and end between words', () => {
    const text = Array.from({ length: 1_000 }, (_, i) => `word${i}`).join(' ');
    const { windows, complete } = windowsOf([text]);
    expect(complete).toBe(true);
    for (const window of windows) expect(window.length).toBeLessThanOrEqual(1_600);
    for (let i = 0; i < 1_000; i++) expect(windows.some((window) => `${window} `.includes(`word${i} `))).toBe(true);
    expect(windows.every((window) => /^(?:\s|word\d+\b)/.test(window))).toBe(true);
  });

  it('are so many at most, and say what was left out', () => {
    expect(windowsOf(['a'.repeat(100_000)])).toMatchObject({ complete: false, windows: { length: 16 } });
    expect(windowsOf(['a', '', 'b'])).toEqual({ complete: true, windows: ['a', 'b'] });
  });
});

describe('an answer of a classifier', () => {
  it.each([
    [
      'all labels',
      [
        [
          { label: 'INJECTION', score: 0.8 },
          { label: 'SAFE', score: 0.2 },
        ],
      ],
      1,
      [0.8],
    ],
    [
      'one input without the outer list',
      [
        { label: 'INJECTION', score: 0.8 },
        { label: 'SAFE', score: 0.2 },
      ],
      1,
      [0.8],
    ],
    [
      'the likeliest label of each',
      [
        { label: 'INJECTION', score: 0.8 },
        { label: 'SAFE', score: 0.75 },
      ],
      2,
      [0.8, 0.25],
    ],
    [
      'unknown labels',
      [
        [
          { label: 'A', score: 0.8 },
          { label: 'B', score: 0.2 },
        ],
      ],
      1,
      'labels',
    ],
    ['too few rows', [[{ label: 'INJECTION', score: 0.8 }]], 2, 'garbage'],
    ['no list', { error: 'x' }, 1, 'garbage'],
    ['no number', [[{ label: 'INJECTION', score: '0.8' }]], 1, 'garbage'],
    ['a score beyond 1', [[{ label: 'INJECTION', score: 8 }]], 1, 'garbage'],
    ['nothing', [], 1, 'garbage'],
    ['null', null, 1, 'garbage'],
  ])('with %s is read as %#', (_, answer, inputs, expected) => {
    expect(scoresOf(answer, inputs, attack)).toEqual(expected);
  });
});
