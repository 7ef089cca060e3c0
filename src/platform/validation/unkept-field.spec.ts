import { z } from 'zod';
import { unkeptField } from './unkept-field';

const Input = z.strictObject({
  named: z.record(z.string(), z.number()).optional(),
  list: z.array(z.strictObject({ named: z.record(z.string(), z.number()) })).optional(),
  free: z.unknown().optional(),
});

describe('a field called __proto__', () => {
  const found = (text: string) => {
    const input = JSON.parse(text) as unknown;
    return unkeptField(input, Input.safeParse(input).data);
  };

  it.each([
    ['{"named":{"a":1,"__proto__":2}}', ['named']],
    ['{"list":[{"named":{}},{"named":{"__proto__":{}}}]}', ['list', 1, 'named']],
  ])('is told of where the schema leaves it out: %s', (text, path) =>
    expect(found(text)).toMatchObject({ path, keys: ['__proto__'] }),
  );

  it.each(['{"free":{"__proto__":1}}', '{"named":{"constructor":1,"prototype":2}}', '{}', 'null', '7'])(
    'is no fault where nothing is left out: %s',
    (text) => expect(found(text)).toBeUndefined(),
  );
});
