import { asText, type EncodedText, isEncoded, textUrl } from './encoded-text';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const read = (url: string) => {
  const found = textUrl(url);
  return typeof found === 'object' ? found.text : found;
};

describe('textUrl', () => {
  it.each([
    ['data:text/plain;base64,' + base64('é 😀'), 'é 😀'],
    ['data:text/plain;charset=utf-8;base64,' + base64('x'), 'x'],
    ['data:application/json;base64,' + base64('{}'), '{}'],
    ['data:text/plain,a%20b', 'a b'],
    ['data:,a', 'a'],
    ['data:image/png;base64,' + base64('x'), 'bytes'],
    ['data:text/plain;base64,/w==', undefined],
    ['data:text/plain,%ff', undefined],
    ['data:image/png;base64,not base64!', undefined],
    ['data:no comma', undefined],
    ['https://a.example/data:,', undefined],
  ])('reads %j as %j', (url, expected) => expect(read(url)).toBe(expected));

  it.each(['data:text/plain;base64,' + base64('my text'), 'data:text/plain,my%20text'])(
    'spells another text as %j is spelt, and the same one as it was',
    (url) => {
      const { text, with: respelt } = textUrl(url) as EncodedText;
      expect(respelt(text)).toBe(url);
      expect(read(respelt('[[CPF_9Q2M]] é,%'))).toBe('[[CPF_9Q2M]] é,%');
    },
  );
});

describe('asText', () => {
  it('reads base64 with blanks and without padding, in either alphabet', () => {
    expect(asText('YW5h\nIGFu\nYQ')?.text).toBe('ana ana');
    expect(asText(Buffer.from('??>>').toString('base64url'))?.text).toBe('??>>');
  });

  it.each(['/w==', 'no, text', 'a=b'])('takes %j for no text', (text) => expect(asText(text)).toBeUndefined());
});

describe('isEncoded', () => {
  it.each([
    ['A'.repeat(64), true],
    ['A'.repeat(63), false],
    [`${'A'.repeat(64)} b`, false],
    [`${'A'.repeat(64)}\n`, true],
    ['529.982.247-25 '.repeat(9), false],
  ])('of %j is %j', (text, expected) => expect(isEncoded(text)).toBe(expected));

  it.each([
    ['base64', 'A'.repeat(4_000_000)],
    ['nearly base64', `${'A'.repeat(2_000_000)}${' '.repeat(2_000_000)}!`],
    ['a head without an end', `data:${';a'.repeat(2_000_000)}`],
  ])('reads megabytes of %s at once', (_what, text) => {
    const started = performance.now();
    isEncoded(text);
    textUrl(text);
    asText(text);
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});
