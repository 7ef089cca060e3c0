import type { Language } from './languages';
import { measuresIn } from './measures';

const count = (from: number, words: string): [string, string][] =>
  words
    .trim()
    .split(/\s+/)
    .flatMap((spelt, i) => spelt.split('|').map((word): [string, string] => [word, String(from + i)]));

const EN = new Map([
  ...count(
    0,
    `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty`,
  ),
  ...count(1, 'first second third fourth fifth sixth seventh eighth ninth tenth').map(([word, n]): [string, string] => [
    word,
    `${n}.`,
  ]),
  ...Object.entries({ thirty: '30', forty: '40', fifty: '50', hundred: '100', thousand: '1000', million: '1000000' }),
  ...Object.entries({ half: '1/2', quarter: '1/4', once: '1x', twice: '2x', dozen: '12', double: '2x', triple: '3x' }),
]);
const PT = new Map([
  ...count(
    2,
    `dois|duas três quatro cinco seis sete oito nove dez onze doze treze quatorze|catorze quinze dezesseis
    dezessete dezoito dezenove vinte`,
  ),
  ...count(1, 'primeiro|primeira segundo|segunda terceiro|terceira quarto|quarta quinto|quinta').map(
    ([word, n]): [string, string] => [word, `${n}.`],
  ),
  ...Object.entries({
    zero: '0',
    trinta: '30',
    quarenta: '40',
    cinquenta: '50',
    cem: '100',
    mil: '1000',
    milhão: '1000000',
  }),
  ...Object.entries({ metade: '1/2', dobro: '2x', triplo: '3x', dúzia: '12' }),
]);
const ES = new Map([
  ...count(
    2,
    `dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete
    dieciocho diecinueve veinte`,
  ),
  ...count(1, 'primero|primera segundo|segunda tercero|tercera cuarto|cuarta quinto|quinta').map(
    ([word, n]): [string, string] => [word, `${n}.`],
  ),
  ...Object.entries({
    cero: '0',
    treinta: '30',
    cuarenta: '40',
    cincuenta: '50',
    cien: '100',
    mil: '1000',
    millón: '1000000',
  }),
  ...Object.entries({ mitad: '1/2', doble: '2x', triple: '3x', docena: '12' }),
]);
const NUMERALS: Readonly<Record<Language, ReadonlyMap<string, string>>> = { en: EN, pt: PT, es: ES };

/** What a word counts, in digits; undefined when it counts nothing. */
export function numeralOf(word: string, language: Language | undefined): string | undefined {
  return language && NUMERALS[language].get(word);
}

const UNITS = `kg|g|mg|lbs?|oz|km|m|cm|mm|mi|ft|h|hrs?|min|ms|s|[kmgt]b|usd|eur|gbp|brl|mxn|ars|l|ml|am|pm|k|st|nd|rd|th`;
/** Digits with their sign, the signs within them, and what stands at them: -5, .5, 9:30, 1,000.50, €5, 10%, 5 kg. */
const NUMBER = new RegExp(
  String.raw`[-–+]?[$€£¥#]?\.?\d[\d.,:/’'-]*\s?(?:[%‰°$€£¥]|(?:${UNITS})(?![\p{L}\p{N}]))?`,
  'giu',
);

/** Parts and kings: ii, iv, xii. */
const ROMAN = /^(?=[ivx]{2})x{0,3}(?:i[xv]|v?i{0,3})$/u;
/** Mb are bits, MB and mb are bytes. */
const BITS = /(?<=[kMGT])b$/u;

/** Everything that counts in a text – numbers, amounts, dates, times, numerals, words that measure – each in one spelling, sorted. */
export function numbersIn(text: string, words: readonly string[], language: Language | undefined): readonly string[] {
  const digits = (text.match(NUMBER) ?? []).map((written) =>
    written
      .replace(/[.,:/’'-]+(?=\s|$)/gu, '')
      .replace(/\s/gu, '')
      .replace('–', '-')
      .replace(BITS, 'bit')
      .toLowerCase(),
  );
  const spelt = words.flatMap((word) => numeralOf(word, language) ?? (ROMAN.test(word) ? word : []));
  return [...digits, ...spelt, ...measuresIn(words)].sort();
}
