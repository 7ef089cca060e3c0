import fc from 'fast-check';
import { microsOf, picosOfUsd, usdText, type Picos } from './money';

const LARGEST = 10n ** 38n - 1n;
const amounts = fc.bigInt({ min: -LARGEST, max: LARGEST });

describe('usdText', () => {
  it.each<[Picos, string]>([
    [0n, '0.000000'],
    [1n, '0.000000000001'],
    [1_000_000n, '0.000001'],
    [1_250_000_000n, '0.001250'],
    [1_250_000_500n, '0.0012500005'],
    [12_500_000_000_000n, '12.500000'],
    [-1n, '-0.000000000001'],
    [-3_750_000_000_000n, '-3.750000'],
  ])('spells %d picodollars as %s', (picos, text) => {
    expect(usdText(picos)).toBe(text);
  });

  it('loses nothing', () => {
    fc.assert(fc.property(amounts, (picos) => picosOfUsd(usdText(picos)) === picos));
  });
});

describe('microsOf', () => {
  it.each<[Picos, bigint]>([
    [0n, 0n],
    [499_999n, 0n],
    [500_000n, 1n],
    [1_499_999n, 1n],
    [1_500_000n, 2n],
    [-500_000n, 0n],
    [-500_001n, -1n],
    [-1_500_000n, -1n],
  ])('rounds %d picodollars to %d micro-dollars', (picos, micros) => {
    expect(microsOf(picos)).toBe(micros);
  });

  it('is never further than half a micro-dollar from the amount', () => {
    fc.assert(
      fc.property(amounts, (picos) => {
        const above = microsOf(picos) * 1_000_000n - picos;
        return above > -500_000n && above <= 500_000n;
      }),
    );
  });
});

describe('picosOfUsd', () => {
  it.each<[string | number, Picos]>([
    [0, 0n],
    [-0, 0n],
    [12.5, 12_500_000_000_000n],
    [0.1, 100_000_000_000n],
    [1e-7, 100_000n],
    [1e21, 10n ** 33n],
    ['0.000000000001', 1n],
    ['0.0000000000005', 1n],
    ['0.00000000000049', 0n],
    ['-0.0000000000005', 0n],
    [0.1 + 0.2, 300_000_000_000n],
    [' +7.25 ', 7_250_000_000_000n],
    ['1.5E-3', 1_500_000_000n],
  ])('takes %s for so many picodollars', (usd, picos) => {
    expect(picosOfUsd(usd)).toBe(picos);
  });

  it.each<string | number>([
    NaN,
    Infinity,
    -Infinity,
    1e300,
    '',
    ' ',
    '.',
    '.5',
    '5.',
    '1,5',
    '$5',
    '0x10',
    '1e999',
    '1e-99',
    '1e26',
    '9'.repeat(65),
    `${' '.repeat(64)}1`,
  ])('refuses %j', (usd) => {
    expect(() => picosOfUsd(usd)).toThrow(RangeError);
  });

  it('does not repeat what it was given when it refuses it', () => {
    const secret = 'not a number at all';
    expect(() => picosOfUsd(secret)).toThrow(expect.objectContaining({ message: expect.not.stringContaining(secret) }));
  });
});
