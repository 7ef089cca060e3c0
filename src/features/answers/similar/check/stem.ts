import type { Language } from './languages';

/** Longest first: the first that fits is taken off, where at least three letters stay. */
const ENDINGS: Readonly<Record<Language, readonly (readonly [ending: string, instead: string])[]>> = {
  en: [
    ['ies', 'y'],
    ['ied', 'y'],
    ['sses', 'ss'],
    ['ches', 'ch'],
    ['shes', 'sh'],
    ['xes', 'x'],
    ['ing', ''],
    ['ed', ''],
    ['es', 'e'],
    ['s', ''],
    ['e', ''],
  ],
  pt: [
    ['ões', 'ão'],
    ['ais', 'al'],
    ['éis', 'el'],
    ['ns', 'm'],
    ['res', 'r'],
    ['s', ''],
  ],
  es: [
    ['ciones', 'ción'],
    ['ces', 'z'],
    ['es', ''],
    ['s', ''],
  ],
};
const DOUBLED = /([bdglmnprt])\1$/u;
const SHORTEST = 3;
/** No form of what they would be without their ending. */
const OTHER_WORDS = new Set(
  `news customs goods arms glasses means clothes damages premises proceeds spirits woods minutes contents besides shorts
  evening building meeting parking training painting drawing hearing wedding housing clothing shopping banking bedding earring
  united paste bathe breathe clothe humane urbane morale locale envelope secrete route caste forte ante lunge singe swathe`.split(
    /\s+/,
  ),
);
/** One syllable that ends as "plan" does. Its forms have the last letter twice, so that "closing" comes of "close". */
const SHORT = /^[^aeiou]*[aeiou][^aeiouwxy]$/u;

/** A word without its plural and, in English, without the endings of its verb: refunds, refunded, refunding. */
export function stemOf(word: string, language: Language | undefined): string {
  if (!language || /\p{N}/u.test(word)) return word;
  const bare = word.replace(/['’]s?$/u, '');
  if (bare.endsWith('ss') || (language === 'en' && OTHER_WORDS.has(bare))) return bare;
  for (const [ending, instead] of ENDINGS[language]) {
    if (!bare.endsWith(ending) || bare.length - ending.length < SHORTEST) continue;
    const stem = bare.slice(0, -ending.length) + instead;
    if (language !== 'en') return stem;
    const isVerb = ending === 'ing' || ending === 'ed';
    if (isVerb && DOUBLED.test(stem)) return stem.slice(0, -1);
    return isVerb || ending === 'e' ? withoutE(`${stem}e`) : withoutE(stem);
  }
  return bare;
}

/** A short word is another one without it: plan and plane. */
function withoutE(word: string): string {
  const bare = word.replace(/e$/u, '');
  return SHORT.test(bare) ? word : bare;
}
