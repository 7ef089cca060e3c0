import { HalfSipHash } from './half-sip-hash';

/** The reference hashes the bytes 00 01 02 … under the key 00 01 … 07: pairs of them are our characters. */
const text = (bytes: number): string =>
  Array.from({ length: bytes / 2 }, (_, i) => String.fromCharCode(((2 * i + 1) << 8) | (2 * i))).join('');

describe('HalfSipHash', () => {
  it.each([
    [0, 0x5b9f35a9],
    [2, 0x03a662fa],
    [4, 0x89466e2a],
    [6, 0x23fc6358],
    [8, 0x8f84b8d0],
    [14, 0x7cf8ffd6],
    [30, 0x8b339e50],
    [62, 0x7a9983bd],
  ])('gives what the reference gives for %i bytes', (bytes, expected) => {
    const hash = new HalfSipHash(Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]));
    expect(hash.of(text(bytes))).toBe(expected);
  });

  it('says something else under another key', () => {
    const [one, other] = [Buffer.alloc(8, 1), Buffer.alloc(8, 2)].map((key) => new HalfSipHash(key));
    expect(one?.of('ada')).not.toBe(other?.of('ada'));
  });
});
