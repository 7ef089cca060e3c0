const rot13 = (text) =>
  text.replace(/[a-z]/gi, (letter) => String.fromCharCode(letter.charCodeAt(0) + (/[a-m]/i.test(letter) ? 13 : -13)));
const each = (map) => (text) => Array.from(text, (letter) => map[letter] ?? letter).join('');
const shifted = (small, capital) => (text) =>
  text
    .normalize('NFD')
    .replace(/[a-z]/g, (letter) => String.fromCodePoint(small + letter.charCodeAt(0) - 97))
    .replace(/[A-Z]/g, (letter) => String.fromCodePoint(capital + letter.charCodeAt(0) - 65));
const LEET = { a: '4', e: '3', i: '1', o: '0', s: '5', A: '4', E: '3', I: '1', O: '0', S: '5' };
const CYRILLIC = {
  a: 'а',
  e: 'е',
  o: 'о',
  p: 'р',
  c: 'с',
  x: 'х',
  i: 'і',
  A: 'А',
  E: 'Е',
  O: 'О',
  P: 'Р',
  C: 'С',
  I: 'І',
};
const letters = (text) => Array.from(text.replace(/[^\p{L}\p{N}]+/gu, ''));

/** Ways to write a text so that a reader of words does not see them. */
export const SPELLINGS = {
  base64: (text) => `Please look at this: ${Buffer.from(text).toString('base64')}`,
  hexadecimal: (text) => Buffer.from(text).toString('hex'),
  'URL escapes': (text) => encodeURIComponent(text),
  rot13,
  reversed: (text) => Array.from(text).reverse().join(''),
  'letters apart': (text) => letters(text).join(' '),
  'letters and dots': (text) => letters(text).join('.'),
  'run together': (text) => letters(text).join(''),
  'underscores for spaces': (text) => text.replaceAll(' ', '_'),
  'one word a line': (text) => text.replaceAll(' ', '\n'),
  'zero width': (text) => Array.from(text).join('\u200b'),
  'soft hyphens': (text) => text.replace(/(\p{L}{2})(?=\p{L})/gu, '$1\u00ad'),
  'Cyrillic letters': each(CYRILLIC),
  'wide letters': shifted(0xff41, 0xff21),
  'mathematical letters': shifted(0x1d41a, 0x1d400),
  leetspeak: each(LEET),
  'Unicode tags': (text) =>
    `Hello ${Array.from(text.normalize('NFD').replace(/[^ -~]/g, ''), (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')}`,
  'mixed case': (text) =>
    Array.from(text, (letter, i) => (i % 2 ? letter.toUpperCase() : letter.toLowerCase())).join(''),
};

/** @param attacks rows in plain spelling; @returns each in every spelling, which is its family */
export function spelt(attacks) {
  return Object.entries(SPELLINGS).flatMap(([family, spell]) =>
    attacks.map(({ text, language }) => ({ text: spell(text), language, family })),
  );
}
