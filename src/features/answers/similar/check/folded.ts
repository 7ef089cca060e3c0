const RAISED = /[²³¹⁰ⁱ⁴-ⁿ]+/gu;
/** Of a base, 10₂; what stands low behind a letter is no other number, H₂O. */
const LOWERED = /(?<=\p{N})(?=[₀-₎])(?<![₀-₎])/gu;
const FRACTION = /(?<=\p{N})(?=[¼-¾⅐-⅟↉])/gu;
const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu;
const DIGIT = /\p{Nd}/u;

/** A text in one spelling, with no figure that becomes another by it: 10² is 10^2 and not 102, 1½ is 1 1/2, ٣ is 3. */
export function folded(text: string): string {
  return text
    .replace(RAISED, '^$&')
    .replace(LOWERED, '_')
    .replace(FRACTION, ' ')
    .normalize('NFKC')
    .replaceAll('⁄', '/')
    .replaceAll('−', '-')
    .replace(OTHER_DIGIT, valueOf);
}

/** Digits stand in tens, from zero on. */
function valueOf(digit: string): string {
  const code = digit.codePointAt(0) as number;
  let value = 0;
  while (DIGIT.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value % 10);
}
