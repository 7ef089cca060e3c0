import { encodedIn, LONGEST_ENCODED } from './encoded';

const decoded = (text: string): string[] =>
  [...encodedIn(text)].map((one) => `${text.slice(one.start, one.end)} = ${one.decoded}`);

describe('encoded stretches', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  it.each([
    ['to=jo%40x.com&b=1', 'jo%40x.com = jo@x.com'],
    ['50%25 of it', '50%25 = 50%'],
    [`x ${base64('ação do cpf 1')}!`, `${base64('ação do cpf 1')} = ação do cpf 1`],
    [base64('only once %40'), `${base64('only once %40')} = only once %40`],
  ])('are decoded in %j', (text, expected) => {
    expect(decoded(text)).toEqual([expected]);
  });

  it.each([
    ['no encoding', 'plain text, 50% of it'],
    ['broken UTF-8', '%ff%fe'],
    ['a hash', '3b7a9f0c5d2e1f4a6b8c9d0e1f2a3b4c'],
    ['random bytes', 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ'],
    ['a name in a program', 'resolveOverlappingCandidates'],
    ['a picture', `iVBORw0KGgo${'QUJD'.repeat(LONGEST_ENCODED)}`],
  ])('are not seen in %s', (_, text) => {
    expect(decoded(text)).toEqual([]);
  });
});
