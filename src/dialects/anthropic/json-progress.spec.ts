import { JsonProgress } from './json-progress';

describe('JsonProgress', () => {
  it.each(['{}', '{"a":[1,{"b":"}"}]}', '{"a":"\\"}{"}', '{"a":"\\\\"}', ' {"ü":"{["}'])(
    'knows the last character of %s',
    (json) => {
      const progress = new JsonProgress();
      for (const char of json) {
        expect(progress.complete).toBe(false);
        progress.push(char);
      }
      expect(progress.complete).toBe(true);
      progress.push(' {');
      expect(progress.complete).toBe(true);
    },
  );

  it.each(['', '{', '{"a":"}', '{"a":{}', 'null'])('does not take %j for an object', (json) => {
    const progress = new JsonProgress();
    progress.push(json);
    expect(progress.complete).toBe(false);
  });
});
