/**
 * HalfSipHash-2-4 with 32 bits of result: a keyed hash for short texts, as https://github.com/veorq/SipHash defines it. What is read
 * are the UTF-16 code units of a text, two bytes each, the lower one first: nothing is encoded, nothing allocated.
 */
export class HalfSipHash {
  private readonly k0: number;
  private readonly k1: number;
  private readonly v = new Int32Array(4);

  /** @param key 8 bytes */
  constructor(key: Buffer) {
    this.k0 = key.readInt32LE(0);
    this.k1 = key.readInt32LE(4);
  }

  /** From 0 to 2^32 - 1. */
  of(text: string): number {
    const { v, k0, k1 } = this;
    v[0] = k0;
    v[1] = k1;
    v[2] = 0x6c796765 ^ k0;
    v[3] = 0x74656462 ^ k1;
    const { length } = text;
    const even = length & ~1;
    for (let i = 0; i < even; i += 2) this.take(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
    this.take(((length * 2) << 24) | (even < length ? text.charCodeAt(even) : 0));
    v[2]! ^= 0xff;
    this.rounds(4);
    return (v[1]! ^ v[3]!) >>> 0;
  }

  private take(word: number): void {
    this.v[3]! ^= word;
    this.rounds(2);
    this.v[0]! ^= word;
  }

  private rounds(n: number): void {
    const { v } = this;
    let v0 = v[0]!;
    let v1 = v[1]!;
    let v2 = v[2]!;
    let v3 = v[3]!;
    for (let round = 0; round < n; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    v[0] = v0;
    v[1] = v1;
    v[2] = v2;
    v[3] = v3;
  }
}
