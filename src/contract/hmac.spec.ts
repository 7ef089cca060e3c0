import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { hmacSha256 } from './hmac';

const reference = (key: Uint8Array, message: string | Uint8Array) => createHmac('sha256', key).update(message).digest();

describe('hmacSha256', () => {
  it('is HMAC-SHA-256', () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()),
        (key, message) => expect(hmacSha256(key, message)).toEqual(reference(key, message)),
      ),
    ));

  it.each([5_439, 5_440, 5_441, 16_319, 16_320, 16_321, 100_000])('is so for %i characters, of any width', (length) => {
    const key = Buffer.alloc(32, 7);
    for (const letter of ['a', 'é', '漢'])
      expect(hmacSha256(key, letter.repeat(length))).toEqual(reference(key, letter.repeat(length)));
    expect(hmacSha256(key, Buffer.alloc(length, 3))).toEqual(reference(key, Buffer.alloc(length, 3)));
  });

  it('takes no key that would have to be hashed first', () =>
    expect(() => hmacSha256(Buffer.alloc(65), 'x')).toThrow('64 bytes'));
});
