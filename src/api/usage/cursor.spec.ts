import { decodeCursor, encodeCursor } from './cursor';

it('comes back as it went', () => {
  expect(decodeCursor(encodeCursor(['a', '', 'Ünïcode "']), 3)).toEqual(['a', '', 'Ünïcode "']);
});

it.each([
  ['', 1],
  ['x', 1],
  [encodeCursor(['a', 'b']), 1],
  [encodeCursor(['a\0']), 1],
  [Buffer.from('[1]').toString('base64url'), 1],
  [Buffer.from('{"length":1}').toString('base64url'), 1],
  [Buffer.from('["\\ud800"]').toString('base64url'), 1],
])('%s is no cursor', (cursor, length) => {
  expect(() => decodeCursor(cursor, length)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});
