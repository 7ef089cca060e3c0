import { mod97 } from './check-digits';
import { isDigitAt, isWordAt, type NumberDetector } from './number-detector';

/** Characters in the IBANs of each country, from the register of SWIFT. */
const LENGTHS = new Map(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18
   FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20
   LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24
   SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`
    .split(/\s+/)
    .map((one) => [one.slice(0, 2), Number(one.slice(2))]),
);

/** In small letters and with no others than a hexadecimal number has: one hash in some thousands passes for an IBAN. */
const HASH = /^(?=[a-f]{2}\d\d[0-9]*[a-f])[0-9a-f]+$/;

/** International account numbers: the country's length and two check digits. */
export const iban: NumberDetector = {
  first: Array.from({ length: 32 }, (_, i) => i + 2),
  detect(page, digits) {
    const { text } = page;
    const start = digits - 2;
    if (start < 0 || isWordAt(text, start - 1)) return;
    const length = LENGTHS.get(text.slice(start, digits).toUpperCase());
    if (!length) return;
    const read = readCharacters(text, start, length);
    if (!read) return;
    const numeric = (read.characters.slice(4) + read.characters.slice(0, 4)).replaceAll(/[A-Z]/g, (letter) =>
      String(letter.charCodeAt(0) - 55),
    );
    if (mod97(numeric) === 1)
      page.weigh(
        'IBAN',
        start,
        read.end,
        { shape: HASH.test(text.slice(start, read.end)) ? undefined : 1, announced: 1 },
        true,
      );
  },
};

/** So many letters and digits, single spaces, dots or dashes between them; undefined when there are fewer or more. */
function readCharacters(text: string, start: number, length: number): { characters: string; end: number } | undefined {
  let characters = '';
  let at = start;
  for (; characters.length < length; at++) {
    const code = text.charCodeAt(at);
    const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
    if (isLetter || (code >= 48 && code <= 57)) characters += text[at];
    else if (characters.length < 4 || (code !== 32 && code !== 45 && code !== 46) || !isWordAt(text, at - 1)) return;
  }
  return isWordAt(text, at) || (text[at] === '-' && isDigitAt(text, at + 1))
    ? undefined
    : { characters: characters.toUpperCase(), end: at };
}
