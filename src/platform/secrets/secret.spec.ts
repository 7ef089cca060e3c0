import { format, inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { Secret } from './secret';

const canary = 'canary-5f3a';
const secret = new Secret(canary);
/** As it is taken where the compiler does not look: in JavaScript, or behind an `any`. */
const unseen = secret as unknown as string;

describe('Secret', () => {
  it.each<[string, () => string]>([
    ['toString', () => secret.toString()],
    ['String', () => String(unseen)],
    ['a template', () => `${unseen}`],
    ['concatenation', () => '' + unseen],
    ['join', () => [unseen].join()],
    ['JSON', () => JSON.stringify(secret)],
    ['JSON of what contains it', () => JSON.stringify({ a: [{ secret }], map: [...new Map([['k', secret]])] })],
    ['inspect', () => inspect(secret)],
    ['inspect of what contains it', () => inspect({ a: [{ secret }], m: new Map([['k', secret]]) }, { depth: null })],
    ['inspect that ignores what objects say', () => inspect(secret, { customInspect: false, showHidden: true })],
    ['format', () => format('%s %o %O %j %d', secret, secret, secret, secret, secret)],
    ['the message of an error', () => new Error(`cannot use ${unseen}`).stack ?? ''],
    ['the cause of an error', () => inspect(new Error('failed', { cause: secret }))],
    ['a structured clone', () => inspect(structuredClone({ secret }), { depth: null, showHidden: true })],
    ['serialization', () => inspect(deserialize(serialize({ secret })), { depth: null, showHidden: true })],
    [
      'its own properties',
      () => JSON.stringify([Reflect.ownKeys(secret), Object.entries(secret), { ...(secret as object) }]),
    ],
    ['a copy', () => inspect(Object.assign(Object.create(null) as object, secret), { showHidden: true })],
    ['a property that is not there', () => String((secret as unknown as Record<string, unknown>)['#value'])],
    ['an uncaught type error', () => thrown(() => (secret as unknown as () => void)())],
  ])('is not shown by %s', (_, shown) => {
    expect(shown()).not.toContain(canary);
  });

  it('is shown by reveal, and by nothing else', () => {
    expect(secret.reveal()).toBe(canary);
    expect(`${unseen}`).toBe('[secret]');
  });

  it('is equal to the same value, whatever holds it, and to no other', () => {
    expect([secret.equals(canary), secret.equals(new Secret(canary))]).toEqual([true, true]);
    const others = ['', 'canary-5f3b', 'canary-5f3', `${canary}0`, '[secret]', 'cánary-5f3a'];
    expect(others.map((other) => secret.equals(other) || secret.equals(new Secret(other)))).toEqual(
      others.map(() => false),
    );
  });
});

function thrown(work: () => void): string {
  try {
    work();
  } catch (error) {
    return inspect(error);
  }
  return '';
}
