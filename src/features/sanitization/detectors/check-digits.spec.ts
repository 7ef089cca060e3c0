import { isCnh, isCnpj, isCns, isCpf, isLuhn, isPis, isRenavam, isTitulo, mod97 } from './check-digits';

/** Made up, with check digits worked out by hand or published as examples. */
const VALID: [string, (digits: string) => boolean, ...string[]][] = [
  ['CPF', isCpf, '52998224725', '11144477735', '12345678909'],
  ['CNPJ', isCnpj, '11222333000181', '12ABC34501DE35'],
  ['PIS', isPis, '22221532731'],
  ['CNH', isCnh, '41857334621', '00000000119'],
  ['RENAVAM', isRenavam, '57205858639', '00639884962'],
  ['título', isTitulo, '244651211635'],
  ['CNS', isCns, '725729363385810'],
  ['card', isLuhn, '4111111111111111', '378282246310005'],
];

describe('check digits', () => {
  it.each(VALID)('of a %s are known', (_, isValid, ...numbers) => {
    for (const number of numbers) expect([number, isValid(number)]).toEqual([number, true]);
  });

  it.each(VALID)('of a %s show that one digit is wrong', (_, isValid, number) => {
    const positions = Array.from(number, (_character, at) => at).filter((at) => /\d/.test(number[at]));
    const unseen = positions.filter((at) =>
      [1, 3, 7].every((step) =>
        isValid(number.slice(0, at) + ((Number(number[at]) + step) % 10) + number.slice(at + 1)),
      ),
    );
    // the weight of one digit of a health card is 11, so that it does not count
    expect(unseen.length).toBeLessThanOrEqual(1);
  });

  it('reads long numbers modulo 97', () => {
    expect(mod97('3704004405320130001314' + '89')).toBe(1);
  });
});
