// What the provider says, so that a caller can tell whether all of it arrived.

/** A stream says this many words, one after the other: long enough to be under way while shares change. */
export const WORDS = 30;

/** A caller asks with its number; every word of the answer carries it. */
export const wordOf = (number, place) => `${number}.${place} `;
export const answerTo = (number, words) => Array.from({ length: words }, (_, place) => wordOf(number, place)).join('');
