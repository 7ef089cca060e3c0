import { KeyWrapper } from '../../../platform/secrets/key-wrapper';
import { Keks } from './keks';

/** Turns bytes around, like a key that is well; or does what it is told. */
class Wrapper extends KeyWrapper {
  override readonly id = 'test:1';
  constructor(private readonly answers: { wrap?: () => Buffer; unwrap?: () => Buffer } = {}) {
    super();
  }
  override async wrap(key: Buffer): Promise<Buffer> {
    return this.answers.wrap?.() ?? Buffer.from(key).reverse();
  }
  override async unwrap(wrapped: Buffer): Promise<Buffer> {
    return this.answers.unwrap?.() ?? Buffer.from(wrapped).reverse();
  }
}

const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i));

it('gives what the key in use wraps, and leaves the key as it was', async () => {
  const wrapped = await new Keks(new Wrapper()).wrap(KEY, 'c');
  expect(wrapped).toEqual(Buffer.from(KEY).reverse());
  expect(KEY[31]).toBe(31);
});

it.each<[string, ConstructorParameters<typeof Wrapper>[0]]>([
  ['something else', { wrap: () => Buffer.alloc(48) }],
  ['something shorter', { unwrap: () => Buffer.alloc(16) }],
  [
    'nothing',
    {
      unwrap: () => {
        throw new Error('AccessDenied');
      },
    },
  ],
])('takes nothing for wrapped of which it gets %s back', async (_, answers) => {
  await expect(new Keks(new Wrapper(answers)).wrap(KEY, 'c')).rejects.toMatchObject({ code: 'audit_unavailable' });
});
