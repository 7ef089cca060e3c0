const value = (digits: string, at: number): number => digits.charCodeAt(at) - 48;

/** Sum of the characters times weights; a letter counts as its code less that of 0. */
export function weighted(digits: string, weights: readonly number[], from = 0): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += value(digits, from + i) * weights[i];
  return sum;
}

/** Mod 11 of Brazilian tax numbers: remainders 0 and 1 give 0. */
const remainder11 = (sum: number): number => (sum % 11 < 2 ? 0 : 11 - (sum % 11));
const down = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, i) => from - i);

const CPF_FIRST = down(10, 2);
const CPF_SECOND = down(11, 2);
/** @param digits 11 digits */
export const isCpf = (digits: string): boolean =>
  remainder11(weighted(digits, CPF_FIRST)) === value(digits, 9) &&
  remainder11(weighted(digits, CPF_SECOND)) === value(digits, 10);

const CNPJ_FIRST = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
const CNPJ_SECOND = [6, ...CNPJ_FIRST];
/** @param characters 12 digits or capital letters and two digits */
export const isCnpj = (characters: string): boolean =>
  remainder11(weighted(characters, CNPJ_FIRST)) === value(characters, 12) &&
  remainder11(weighted(characters, CNPJ_SECOND)) === value(characters, 13);

const PIS = [3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
/** @param digits 11 digits */
export const isPis = (digits: string): boolean => remainder11(weighted(digits, PIS)) === value(digits, 10);

const CNH_FIRST = down(9, 1);
const CNH_SECOND = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Driver's licence. @param digits 11 digits */
export function isCnh(digits: string): boolean {
  const first = weighted(digits, CNH_FIRST) % 11;
  const second = weighted(digits, CNH_SECOND) % 11;
  const excess = first >= 10 ? 2 : 0;
  const firstDigit = first >= 10 ? 0 : first;
  const shifted = second - excess < 0 ? second - excess + 11 : second - excess;
  return firstDigit === value(digits, 9) && (shifted >= 10 ? 0 : shifted) === value(digits, 10);
}

const RENAVAM = [3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
/** @param digits 11 digits */
export const isRenavam = (digits: string): boolean =>
  ((weighted(digits, RENAVAM) * 10) % 11) % 10 === value(digits, 10);

const TITULO = [2, 3, 4, 5, 6, 7, 8, 9];
/** Voter's registration. @param digits 12 digits: 8 of sequence, 2 of the state (01 to 28), 2 check digits */
export function isTitulo(digits: string): boolean {
  const state = Number(digits.slice(8, 10));
  if (state < 1 || state > 28) return false;
  const adjusted = (sum: number): number => {
    const rest = sum % 11;
    if (rest === 0 && state <= 2) return 1; // São Paulo and Minas Gerais
    return rest === 10 ? 0 : rest;
  };
  const first = adjusted(weighted(digits, TITULO));
  const second = adjusted(value(digits, 8) * 7 + value(digits, 9) * 8 + first * 9);
  return first === value(digits, 10) && second === value(digits, 11);
}

const CNS = down(15, 1);
/** What is given for life is made of a PIS, so its end is known; what is provisional begins with 7, 8 or 9. */
const CNS_FORM = /^(?:[12]\d{10}00[01]\d|[789]\d{14})$/;
/** National health card. @param digits 15 digits */
export const isCns = (digits: string): boolean => CNS_FORM.test(digits) && weighted(digits, CNS) % 11 === 0;

/** @param digits 12 to 19 digits */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = value(digits, i) * (double ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** The remainder of a long decimal number, ten digits at a time. */
export function mod97(digits: string): number {
  let rest = 0;
  for (let i = 0; i < digits.length; i += 10) rest = Number(String(rest) + digits.slice(i, i + 10)) % 97;
  return rest;
}

/** Mod 10 of boletos: weights 2, 1 from the right, digits of products added. @param digits with the check digit last */
export const isMod10 = isLuhn;

/** Mod 11 of collection slips: weights 2 to 9 from the right. @param digits with the check digit last */
export function isMod11(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 2, weight = 2; i >= 0; i--, weight = weight === 9 ? 2 : weight + 1)
    sum += value(digits, i) * weight;
  const rest = sum % 11;
  return (rest < 2 ? 0 : 11 - rest) === value(digits, digits.length - 1);
}
