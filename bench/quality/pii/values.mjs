// Identifiers that nobody has: drawn by lot, with check digits computed here and not by the code that is measured.
import { createHash } from 'node:crypto';

const digits = (draw, length, first = '') => {
  let written = first;
  while (written.length < length) written += Math.floor(draw() * 10);
  return written;
};
/** One of a list, or one character of a text. */
export const pick = (draw, list) => list[Math.floor(draw() * list.length)];
const sum = (text, weights) => weights.reduce((total, weight, i) => total + (text.charCodeAt(i) - 48) * weight, 0);
const mod11 = (total) => (total % 11 < 2 ? 0 : 11 - (total % 11));

function cpf(draw) {
  let base = digits(draw, 9);
  base += mod11(sum(base, [10, 9, 8, 7, 6, 5, 4, 3, 2]));
  return base + mod11(sum(base, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]));
}
function cnpj(draw, letters) {
  let base = '';
  if (letters) for (let i = 0; i < 12; i++) base += pick(draw, '0123456789ABCDEFGHJKLMNPRSTUVWXYZ');
  else base = digits(draw, 8) + '000' + pick(draw, [1, 2, 3]);
  base += mod11(sum(base, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]));
  return base + mod11(sum(base, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]));
}
function luhn(body) {
  let total = 0;
  [...body].reverse().forEach((digit, i) => {
    const value = Number(digit) * (i % 2 ? 1 : 2);
    total += value > 9 ? value - 9 : value;
  });
  return body + ((10 - (total % 10)) % 10);
}
const mod97 = (text) => [...text].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0);
function iban(draw) {
  const [country, length, bank] = pick(draw, [
    ['DE', 22, ''],
    ['ES', 24, ''],
    ['PT', 25, ''],
    ['FR', 27, ''],
    ['GB', 22, 'NWBK'],
    ['IT', 27, 'X'],
    ['NL', 18, 'ABNA'],
    ['BR', 29, ''],
  ]);
  let rest = bank + digits(draw, length - 4 - bank.length);
  if (country === 'BR') rest = rest.slice(0, 23) + 'C1';
  const numeric = Array.from(rest + country + '00', (c) => Number.parseInt(c, 36)).join('');
  return country + String(98 - mod97(numeric)).padStart(2, '0') + rest;
}
const groups = (text, sizes, separators) => {
  let at = 0;
  return sizes.map((size, i) => text.slice(at, (at += size)) + (separators[i] ?? '')).join('');
};
const int = (draw, low, high) => low + Math.floor(draw() * (high - low + 1));
const DDD = [11, 21, 31, 41, 51, 61, 71, 81, 85, 91, 27, 48, 19, 47];
const brMobile = (draw) => `${pick(draw, DDD)}9${int(draw, 6, 9)}${digits(draw, 7)}`;
const usPhone = (draw) =>
  `${pick(draw, [212, 415, 305, 206, 617, 713, 312, 404])}${int(draw, 2, 9)}${int(draw, 2, 9)}${digits(draw, 5)}`;
const NAMES =
  'ana bruno carla diego elena fabio gloria hugo irene joao karen luis marta nuno olga pedro rosa sergio tania'.split(
    ' ',
  );
const HOSTS = [
  'example.com',
  'example.org',
  'mail.example.net',
  'empresa.example.com.br',
  'correo.example.es',
  'exemplo.com.br',
  'firm-name.co.uk',
];
function base58check(version, draw) {
  const body = Buffer.from([version, ...Array.from({ length: 20 }, () => int(draw, 0, 255))]);
  const twice = createHash('sha256').update(createHash('sha256').update(body).digest()).digest();
  let number = BigInt(`0x${Buffer.concat([body, twice.subarray(0, 4)]).toString('hex')}`);
  let written = '';
  for (; number; number /= 58n)
    written = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'[Number(number % 58n)] + written;
  return (version ? '' : '1') + written;
}
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const random = (draw, length) => Array.from({ length }, () => pick(draw, alphabet)).join('');
const pis = (draw) => {
  const base = digits(draw, 10, '1');
  return base + mod11(sum(base, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]));
};
function titulo(draw) {
  const base = digits(draw, 8);
  const state = String(int(draw, 3, 28)).padStart(2, '0');
  const check = (total) => (total % 11 === 10 ? 0 : total % 11);
  const first = check(sum(base, [2, 3, 4, 5, 6, 7, 8, 9]));
  return base + state + first + check(sum(state + first, [7, 8, 9]));
}
function cns(draw) {
  for (;;) {
    const written = digits(draw, 15, '7');
    if (sum(written, [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0) return written;
  }
}
function processo(draw) {
  const number = digits(draw, 7);
  const rest = `${int(draw, 2005, 2025)}8${String(int(draw, 1, 27)).padStart(2, '0')}${digits(draw, 4)}`;
  const check = String(98 - mod97(`${number}${rest}00`)).padStart(2, '0');
  return `${number}-${check}.${rest.slice(0, 4)}.8.${rest.slice(5, 7)}.${rest.slice(7)}`;
}
const two = (number) => String(number).padStart(2, '0');
const ssn = (draw) =>
  `${pick(draw, [int(draw, 100, 665), int(draw, 667, 899)])}${two(int(draw, 1, 99))}${int(draw, 1000, 9999)}`;

/** `formatted`: as on paper, in the ways people write it. `bare`: nothing but digits and letters. */
export const MAKERS = {
  BR_CPF: {
    formatted: (draw) =>
      groups(
        cpf(draw),
        [3, 3, 3, 2],
        pick(draw, [
          ['.', '.', '-'],
          ['.', '.', '-'],
          ['.', '.', '-'],
          [' ', ' ', '-'],
          [' ', ' ', ' '],
          ['-', '-', '-'],
          ['.', '.', '/'],
          ['', '', '-'],
          ['.', '.', '.'],
        ]),
      ),
    bare: cpf,
  },
  BR_CNPJ: {
    formatted: (draw) => groups(cnpj(draw, draw() < 0.3), [2, 3, 3, 4, 2], ['.', '.', '/', '-']),
    bare: (draw) => cnpj(draw, false),
  },
  CREDIT_CARD: {
    formatted: (draw) =>
      groups(
        luhn(digits(draw, 15, pick(draw, ['4', '51', '55', '2221', '6011', '636368']))),
        [4, 4, 4, 4],
        Array(3).fill(pick(draw, [' ', '-'])),
      ),
    bare: (draw) =>
      pick(draw, [
        () => luhn(digits(draw, 15, '4')),
        () => luhn(digits(draw, 15, '53')),
        () => luhn(digits(draw, 14, '37')),
      ])(),
  },
  IBAN: {
    formatted: (draw) => iban(draw).replaceAll(/(.{4})(?=.)/g, '$1 '),
    bare: (draw) => (draw() < 0.2 ? iban(draw).toLowerCase() : iban(draw)),
  },
  EMAIL: {
    formatted: (draw) =>
      `${pick(draw, NAMES)}${pick(draw, ['.', '_', '', '+tag.', '-'])}${pick(draw, NAMES)}${pick(draw, ['', int(draw, 1, 99)])}@${pick(draw, HOSTS)}`,
  },
  PHONE: {
    formatted: (draw) => {
      const br = brMobile(draw);
      const us = usPhone(draw);
      const fixed = `${pick(draw, DDD)}3${digits(draw, 7, String(int(draw, 2, 5)))}`;
      return pick(draw, [
        groups(br, [2, 5, 4], [' ', '-']),
        `(${br.slice(0, 2)}) ${br.slice(2, 7)}-${br.slice(7)}`,
        `(${br.slice(0, 2)})${br.slice(2, 7)}-${br.slice(7)}`,
        `+55 ${br.slice(0, 2)} ${br.slice(2, 7)}-${br.slice(7)}`,
        `+55${br}`,
        `(${fixed.slice(0, 2)}) ${fixed.slice(2, 6)}-${fixed.slice(6)}`,
        groups(us, [3, 3, 4], ['-', '-']),
        `(${us.slice(0, 3)}) ${us.slice(3, 6)}-${us.slice(6)}`,
        `+1 ${groups(us, [3, 3, 4], [' ', ' '])}`,
        groups(us, [3, 3, 4], ['.', '.']),
        `+34 6${groups(digits(draw, 8), [2, 3, 3], [' ', ' '])}`,
        `0${br.slice(0, 2)} ${br.slice(2, 7)}-${br.slice(7)}`,
      ]);
    },
    bare: (draw) => pick(draw, [brMobile(draw), brMobile(draw), usPhone(draw), `55${brMobile(draw)}`]),
  },
  US_SSN: { formatted: (draw) => groups(ssn(draw), [3, 2, 4], Array(2).fill('-')), bare: ssn },
  IP_ADDRESS: {
    formatted: (draw) =>
      pick(draw, [
        `${int(draw, 11, 126)}.${int(draw, 0, 255)}.${int(draw, 0, 255)}.${int(draw, 1, 254)}`,
        `2001:db8:${int(draw, 1, 9999)}::${int(draw, 1, 99)}`,
        `192.168.${int(draw, 0, 255)}.${int(draw, 1, 254)}`,
      ]),
  },
  MAC_ADDRESS: {
    formatted: (draw) =>
      Array.from({ length: 6 }, () => int(draw, 16, 255).toString(16).toUpperCase()).join(pick(draw, [':', '-'])),
  },
  BR_PIS: { formatted: (draw) => groups(pis(draw), [3, 5, 2, 1], ['.', '.', '-']), bare: pis },
  BR_TITULO: { formatted: (draw) => groups(titulo(draw), [4, 4, 4], [' ', ' ']), bare: titulo },
  BR_CNS: { formatted: (draw) => groups(cns(draw), [3, 4, 4, 4], [' ', ' ', ' ']), bare: cns },
  BR_RG: {
    formatted: (draw) =>
      groups(digits(draw, 8, String(int(draw, 1, 5))) + pick(draw, ['X', '1', '7']), [2, 3, 3, 1], ['.', '.', '-']),
  },
  BR_CEP: { formatted: (draw) => groups(digits(draw, 8, String(int(draw, 1, 9))), [5, 3], ['-']) },
  BR_PROCESSO: { formatted: processo },
  DATE_OF_BIRTH: {
    formatted: (draw) =>
      pick(draw, [
        `${two(int(draw, 1, 28))}/${two(int(draw, 1, 12))}/${int(draw, 1940, 2010)}`,
        `${int(draw, 1940, 2010)}-${two(int(draw, 1, 12))}-${two(int(draw, 1, 28))}`,
      ]),
  },
  CRYPTO_ADDRESS: {
    formatted: (draw) =>
      pick(draw, [
        base58check(0, draw),
        base58check(5, draw),
        `0x${Array.from({ length: 40 }, () => int(draw, 0, 15).toString(16)).join('')}`,
      ]),
  },
  SECRET: {
    formatted: (draw) =>
      pick(draw, [
        `${'AK'}IA${Array.from({ length: 16 }, () => pick(draw, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')).join('')}`,
        `${'gh'}p_${random(draw, 36)}`,
        `${'sk'}-proj-${random(draw, 40)}`,
        `${'sk'}-ant-api03-${random(draw, 60)}`,
        `${'gh'}_${random(draw, 43)}`,
        `${'gl'}pat-${random(draw, 20)}`,
      ]),
  },
};
