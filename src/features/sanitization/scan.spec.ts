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

  const key = (prefix: string, length: number): string =>
    prefix + 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7'.repeat(9).slice(0, length);
  const aws = 'AK' + 'IA' + 'QZ3X7WVUT2SRYPNM';
  const jwt = ['ey' + 'JhbGciOiJIUzI1NiJ9', 'ey' + 'JzdWIiOiIxMjM0NSJ9', key('', 30)].join('.');

  it.each<[entity: string, what: string, around: string]>([
    ['EMAIL', 'joão.silva+x@exemplo.com.br', 'write to <#>, please'],
    ['EMAIL', 'jo@例子.测试', '#'],
    ['PHONE', '(11) 98765-4321', '#'],
    ['PHONE', '+46 (0)8 928 571 38', 'call #!'],
    ['PHONE', '415-555-2671 x45', 'Desk: #'],
    ['PHONE', '11987654321', 'whatsapp #'],
    ['CREDIT_CARD', '4111-1111-1111-1111', '#'],
    ['CREDIT_CARD', '378282246310005', 'amex #'],
    ['US_SSN', '536-90-4399', '#'],
    ['US_SSN', '536904399', 'social security number: #'],
    ['US_ITIN', '912-71-1234', 'ITIN #'],
    ['US_EIN', '12-3456789', 'EIN: #'],
    ['US_PASSPORT', 'A12345678', 'passport no. #'],
    ['IBAN', 'de89 3704 0044 0532 0130 00', 'pay to # now'],
    ['IP_ADDRESS', '8.8.4.4', 'from #:443'],
    ['IP_ADDRESS', '2001:db8::1', '[#]'],
    ['MAC_ADDRESS', '00:1A:2B:3C:4D:5E', '#'],
    ['BR_CPF', '529.982.247-25', 'CPF(#)'],
    ['BR_CPF', '529982247-25', '#;'],
    ['BR_CPF', '52998224725', '{"cpf":"#"}'],
    ['BR_CNPJ', '11.222.333/0001-81', '#'],
    ['BR_CNPJ', '12.ABC.345/01DE-35', '#'],
    ['BR_CNPJ', '12abc34501de35', 'cnpj #'],
    ['BR_PIS', '222.21532.73-1', '#'],
    ['BR_CNH', '41857334621', 'CNH nº #'],
    ['BR_RENAVAM', '57205858639', 'renavam: #'],
    ['BR_TITULO', '2446 5121 1635', 'título de eleitor #'],
    ['BR_CNS', '725 7293 6338 5810', 'cartão SUS #'],
    ['BR_RG', '12.345.678-9', 'RG # SSP/SP'],
    ['BR_CEP', '01310-100', 'CEP #'],
    ['BR_PLACA', 'ABC1D23', 'placa #'],
    ['BR_BANK_ACCOUNT', '123456-7', 'conta corrente #'],
    ['BR_PIX_KEY', '123e4567-e89b-42d3-a456-426614174000', 'chave pix: #'],
    ['BR_PROCESSO', '0000832-35.2018.4.01.3202', '#'],
    ['BR_BOLETO', '00190.50095 40144.816069 06809.350314 3 37370000000100', '#'],
    ['DATE_OF_BIRTH', '12/03/1985', 'nascido em #'],
    ['DATE_OF_BIRTH', 'March 12, 1985', 'born on #'],
    ['DATE_OF_BIRTH', '3 de mayo de 1990', 'fecha de nacimiento: #'],
    ['CRYPTO_ADDRESS', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', '#'],
    ['CRYPTO_ADDRESS', '0x52908400098527886E0F7030069857D2E4169EE7', '#'],
    ['SECRET', aws, 'id #'],
    ['SECRET', key('gh' + 'p_', 36), '#'],
    ['SECRET', key('gh' + '_', 43), 'x-api-key: #'],
    ['SECRET', key('sk' + '-ant-api03-', 60), '#'],
    ['SECRET', jwt, 'token #'],
    ['SECRET', 'Tr0ub4dor&3', 'password = "#"'],
    ['SECRET', 'Abc@1234', 'minha senha é #.'],
    ['SECRET', key('', 32), 'Authorization: Bearer #'],
    ['SECRET', 's3cr3t-w0rd', 'postgres://app:#@db:5432/x'],
    ['SECRET', '-----BEGIN PRIVATE ' + 'KEY-----\nAAAA\nBBBB\n-----END PRIVATE ' + 'KEY-----', 'x\n#\ny'],
  ])('finds %s %j in %j', (entity, what, around) => {
    expect(found(around.replace('#', () => what))).toEqual([`${entity}:${what}`]);
  });

  it.each([
    ['pedido 52998224725'],
    ['order 9498777106 shipped'],
    ['0.52998224725'],
    ['R$52998224725'],
    ['111.111.111-11'],
    ['protocolo 20261128180015'],
    ['uuid 550e8400-e29b-41d4-a716-446655440000'],
    ['commit 3b7a9f0c5d2e1f4a6b8c9d0e1f2a3b4c5d6e7f80'],
    ['std::vector a::b 11:34:35 ::1'],
    ['127.0.0.1 0.0.0.0 255.255.255.0'],
    ['12/03/1985'],
    ['const password = getPassword(); token: string; apiKey: process.env.API_KEY'],
    ['password: ********'],
    ['000-12-3456 666-12-3456'],
    ['4111111111111112'],
    ['the e-mail @handle, a @ b'],
  ])('acts upon nothing in %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('does not take what follows a card for a part of it', () => {
    for (const text of [
      'card 4111 1111 1111 1111 12 items',
      '4111 1111 1111 1111 12/28 123',
      '4111-1111-1111-1111 999',
    ])
      expect(found(text)).toEqual([expect.stringMatching(/^CREDIT_CARD:4111.1111.1111.1111$/)]);
  });

  it('lets the nearest word decide what a number is', () => {
    // valid as a CPF and as a mobile telephone
    const both = '11980000077';
    expect(['', 'cpf ', 'celular ', 'CPF e celular: '].map((before) => found(before + both)[0]?.split(':')[0])).toEqual(
      ['BR_CPF', 'BR_CPF', 'PHONE', 'PHONE'],
    );
  });

  it('reads the titles of columns', () => {
    expect(found('nome,cpf,telefone\nAna,52998224725,11987654321\nEva,11144477735,21987654321')).toEqual([
      'BR_CPF:52998224725',
      'PHONE:11987654321',
      'BR_CPF:11144477735',
      'PHONE:21987654321',
    ]);
    expect(found('| PIS | CNH |\n|---|---|\n| 22221532731 | 41857334621 |\n| 22221532731 | 41857334621 |')).toEqual([
      'BR_PIS:22221532731',
      'BR_CNH:41857334621',
      'BR_PIS:22221532731',
      'BR_CNH:41857334621',
    ]);
  });

  it('does not take the name of the next member for a word about this one', () => {
    expect(found('{"taxId":"52998224725","phone_number":"11987654321"}')).toEqual([
      'BR_CPF:52998224725',
      'PHONE:11987654321',
    ]);
  });

  it('keeps a word for the number that it announces', () => {
    expect(found('SSN 536-90-4399, ref 456789123')).toEqual(['US_SSN:536-90-4399']);
    expect(found('CPFs: 52998224725, 11144477735 e 12345678909')).toHaveLength(3);
  });

  it('looks only for what it is asked for, without taking a number for another', () => {
    const phones = new Scanner({ entities: new Set(['PHONE']) });
    expect(phones.scan('cpf 529.982.247-25, tel (11) 98765-4321').map(({ entity }) => entity)).toEqual(['PHONE']);
  });

  it.each([
    ['+55 11 98765-4321', true],
    ['0055 11 98765-4321', true],
    ['+800 1234 5678', true], // of no country
    ['+0 11 98765 4321', false],
    ['+999 1234 5678', false],
    ['00012345', false],
  ])('tells telephones that may exist from those that may not: %j', (text, validated) => {
    const scan = () => scanner.scan(`call ${text}`);
    expect(scan()).toMatchObject([{ entity: 'PHONE', validated }]);
    expect(scan()).toEqual(scan());
  });

  it('knows the telephones of other countries when it is told to', () => {
    const text = 'Festnetz 030/1234567';
    expect(new Scanner().scan(text)).toEqual([]);
    expect(new Scanner({ phoneRegions: ['DE', 'nowhere'] }).scan(`Tel. ${text}`)).toMatchObject([
      { entity: 'PHONE', validated: true },
    ]);
  });

  it('covers the whole of a base64 stretch that says something personal', () => {
    const encoded = Buffer.from('o cpf 529.982.247-25').toString('base64');
    expect(found(`x ${encoded} y`)).toEqual([`BR_CPF:${encoded}`]);
  });
});
