import { publicId, uuidOf } from './public-ids';

const UUID = '019a1b2c-3d4e-7f50-8a1b-2c3d4e5f6071';

describe('a public id', () => {
  it('is the same one way and back', () => {
    expect(publicId('file-', UUID)).toBe('file-019a1b2c3d4e7f508a1b2c3d4e5f6071');
    expect(uuidOf('file-', publicId('file-', UUID))).toBe(UUID);
    expect(uuidOf('file-', publicId('file-', UUID.toUpperCase()))).toBe(UUID);
  });

  it.each(['', 'file-', UUID, `batch_${'a'.repeat(32)}`, `file-${'a'.repeat(31)}`, `file-${'g'.repeat(32)}`])(
    'is not %j',
    (text) => {
      expect(uuidOf('file-', text)).toBeUndefined();
    },
  );
});
