import { formatManifest, parseManifest } from './manifest';

it('is what was written, and nothing besides', () => {
  const text = formatManifest([]);
  expect(parseManifest(text)).toEqual([]);
  expect(() => parseManifest(text.replace('{', '{"also":1,'))).toThrow('not a manifest');
});
