import { Scanner } from '../scan';
import { unescaped } from './unescaped';

describe('unescaped', () => {
  it.each([
    ['a\\nb', 'a b'],
    ['\\"x\\" \\\\n', '"x" \\n'],
    ['jo\\u00e3o', 'joão'],
    ['\\u00', '\\u00'],
    ['\\', '\\'],
    ['plain', 'plain'],
  ])('reads %j as it is meant, at the same length', (json, meant) => {
    const read = unescaped(json);
    expect(read).toHaveLength(json.length);
    expect(read.replaceAll('\u200b', '')).toBe(meant);
  });

  it.each(['{"a":"CPF:\\n529.982.247-25"}', '{"a":"529.982.247-\\u00325"}', '{"a":"jo\\u00e3o@example.com"}'])(
    'shows detectors what %j holds',
    (json) => {
      const [finding] = new Scanner().scan(unescaped(json));
      expect(json.slice(0, finding?.start)).toMatch(/["n]$/);
      expect(json.slice(finding?.end)).toBe('"}');
    },
  );
});
