import { Scanner } from './scan';

const scanner = new Scanner();
/** `ENTITY:what was found`, for each finding that would be acted upon. */
const found = (text: string, context = ''): string[] =>
  scanner
    .scan(text, context)
    .filter(({ confidence }) => confidence >= 0.5)
    .map(({ entity, start, end }) => `${entity}:${text.slice(start, end)}`);

describe('the scanner', () => {
  it.each<[text: string, context: string, ...expected: string[]]>([
    ['Meu CPF é 529.982.247-25', '', 'BR_CPF:529.982.247-25'],
    ['52998224725', 'cpf', 'BR_CPF:52998224725'],
    ['cpf: 52998224725, celular 11987654321', '', 'BR_CPF:52998224725', 'PHONE:11987654321'],
    ['５２９．９８２．２４７－２５', '', 'BR_CPF:５２９．９８２．２４７－２５'],
    ['CPF 529\u200b.982.247\u00ad-25!', '', 'BR_CPF:529\u200b.982.247\u00ad-25'],
    ['q=jo%40x.com&n=1', '', 'EMAIL:jo%40x.com'],
    ['git@github.com:x/y.git icon@2x.png lodash@4.17.21 @Injectable()', ''],
    ['epoch 1764352800123 v1.2.3.4 2026-11-28T18:00:15.123Z', ''],
  ])('finds in %j', (text, context, ...expected) => {
    expect(found(text, context)).toEqual(expected);
  });

  it('covers the whole of a base64 stretch that says something personal', () => {
    const encoded = Buffer.from('o cpf 529.982.247-25').toString('base64');
    expect(found(`x ${encoded} y`)).toEqual([`BR_CPF:${encoded}`]);
  });
});
