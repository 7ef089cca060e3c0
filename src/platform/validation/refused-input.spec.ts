import { z } from 'zod';
import { validInput } from './refused-input';

const Input = z.strictObject({ names: z.array(z.string()).max(2), inner: z.strictObject({ n: z.int() }).optional() });

describe('the input of a caller', () => {
  it('is what the schema makes of it', () => expect(validInput(Input, { names: ['a'] })).toEqual({ names: ['a'] }));

  it.each([
    [{ names: ['a', 1] }, 'names[1]'],
    [{ names: [], inner: { n: 1.5 } }, 'inner.n'],
    [{ names: [], other: 1 }, 'other'],
    [{ names: [], 'ada@example.org': 1 }, '?'],
  ])('is refused by the name of the field: %j', (input, param) => {
    expect(() => validInput(Input, input)).toThrow(
      expect.objectContaining({ code: 'invalid_request', facts: { param } }),
    );
  });

  it('is refused as a whole', () => expect(() => validInput(Input, 7)).toThrow('expected object'));
});
