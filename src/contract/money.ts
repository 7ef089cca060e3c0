/**
 * Money as an exact integer. A price in micro-dollars per million tokens, times tokens, is a whole number of picodollars: so
 * the sum of many calls is what their tokens cost together, with nothing rounded on the way.
 */

/** Picodollars: 1e-12 US dollars. Negative where one amount was taken from another. */
export type Picos = bigint;

const PICOS_PER_MICRO = 1_000_000n;
const PICOS_PER_USD = 1_000_000_000_000n;
/** Decimals of a dollar that a picodollar can express. */
const DECIMALS = 12;
/** No amount has more digits: what a database column holds. */
const MOST = 10n ** 38n;
const LONGEST_TEXT = 64;
const FURTHEST_EXPONENT = 64;
const DECIMAL = /^([+-]?)(\d{1,64})(?:\.(\d{1,64}))?(?:e([+-]?\d{1,3}))?$/i;

/** Whole micro-dollars, a half counted upwards. */
export function microsOf(picos: Picos): bigint {
  return roundHalfUp(picos, PICOS_PER_MICRO);
}

/** The exact amount in dollars as a decimal: `0.001250`. Six decimals, or as many more as it takes. */
export function usdText(picos: Picos): string {
  const size = picos < 0n ? -picos : picos;
  const decimals = (size % PICOS_PER_USD).toString().padStart(DECIMALS, '0');
  const beyondMicros = decimals.slice(6).replace(/0{1,6}$/, '');
  return `${picos < 0n ? '-' : ''}${size / PICOS_PER_USD}.${decimals.slice(0, 6)}${beyondMicros}`;
}

/**
 * An amount in dollars: `12.5`, `'0.000001'`, `'1.5e-7'`. A number is taken for the shortest decimal that stands for it, so 0.1 is a tenth.
 * Decimals beyond a picodollar are rounded, a half upwards.
 * @throws RangeError it is no finite decimal, or one of more than 38 digits in picodollars
 */
export function picosOfUsd(usd: string | number): Picos {
  const text = typeof usd === 'number' ? String(usd) : usd.length <= LONGEST_TEXT ? usd.trim() : '';
  const [, sign, whole, decimals = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (whole === undefined || Math.abs(Number(exponent)) > FURTHEST_EXPONENT) throw notAnAmount();
  const digits = BigInt(`${sign}${whole}${decimals}`);
  const shift = DECIMALS + Number(exponent) - decimals.length;
  const picos = shift >= 0 ? digits * 10n ** BigInt(shift) : roundHalfUp(digits, 10n ** BigInt(-shift));
  if (picos >= MOST || picos <= -MOST) throw notAnAmount();
  return picos;
}

function roundHalfUp(amount: bigint, unit: bigint): bigint {
  return floorDivide(amount + unit / 2n, unit);
}

function floorDivide(amount: bigint, unit: bigint): bigint {
  const quotient = amount / unit;
  return amount % unit < 0n ? quotient - 1n : quotient;
}

function notAnAmount(): RangeError {
  return new RangeError('not an amount of US dollars: a finite decimal of at most 38 digits in picodollars');
}
