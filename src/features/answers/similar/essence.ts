/** Words that do not change what is asked: articles, greetings and their like. English, Portuguese and Spanish. */
const FILLERS = new Set(
  `a an the your is are 's s 're please kindly thanks hi hello hey dear what what's do does
   o os um uma seu sua é qual obrigado obrigada olá oi
   el la los las un una tu su es cuál gracias hola`.split(/\s+/),
);
/** What is said around a question. Their words mean something elsewhere: you, me, can. */
const COURTESIES = new RegExp(
  `(?<!\\p{L})(${[
    'thank you',
    '(can|could|would) you (please )?tell me',
    '(please )?tell me',
    'por favor',
    'muito obrigad[oa]',
    'pode(ria)?s? me dizer',
    'muchas gracias',
    '(puede|podría)s? decirme',
  ].join('|')})(?!\\p{L})`,
  'giu',
);
const OUTER = /^[.,;:!?¿¡"'“”‘’«»()[\]…–—]+|[.,;:!?¿¡"'“”‘’«»()[\]…–—]+$/gu;
/** Beside a digit most signs mean something: .5, 5!, –5, (5. */
const OUTER_OF_NUMBER = /^[¿¡"'“‘«]+|[.,;:?"'”’»…]+$/gu;
const PAUSE = /^[.,;!?¿¡…]*$/u;
const SENTENCE_END = /[.!?…]["'”’)]?$/u;
const PLURAL = /(?<=\p{L}{3}[^s])s$/u;

/**
 * What two questions must have in common to the letter before one is given the other's answer: every number, negation, name and
 * word that matters, in the same order. Only fillers, punctuation, case and the plural may differ. Empty when nothing is left.
 */
export function essenceOf(question: string): string {
  const kept: string[] = [];
  let opening = true;
  for (const written of question.normalize('NFKC').replace(COURTESIES, ' ').split(/\s+/u)) {
    const word = bare(written);
    // within a sentence a capital makes a name of a filler (The Who), and two do anywhere (LA)
    const named = (!opening && /^\p{Lu}/u.test(word)) || /^\p{Lu}{2}/u.test(word);
    opening = SENTENCE_END.test(written) || (opening && !word);
    const lower = word.toLowerCase();
    if (lower && (named || !FILLERS.has(lower))) kept.push(lower.replace(PLURAL, ''));
  }
  return kept.join(' ');
}

/** The word without the punctuation around it; a sign that stands alone may be an operator, and is a word. */
function bare(written: string): string {
  if (PAUSE.test(written)) return '';
  const word = written.replace(/\p{N}/u.test(written) ? OUTER_OF_NUMBER : OUTER, '');
  return (word || written).replaceAll('’', "'");
}
