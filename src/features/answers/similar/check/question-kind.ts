import { withoutCourtesies } from './courtesies';
import type { Language } from './languages';

/**
 * What kind of answer a question waits for. `whom` and `object`: somebody or something that another acts on, and who acts may stand on either side
 * of the verb. `open`: anything else, also what is no question.
 */
export type QuestionKind =
  | 'time'
  | 'duration'
  | 'place'
  | 'cause'
  | 'person'
  | 'whom'
  | 'object'
  | 'quantity'
  | 'degree'
  | 'manner'
  | 'choice'
  | 'definition'
  | 'duty'
  | 'yes-no'
  | 'open';

type Rule = readonly [RegExp, QuestionKind];
/** Where two begin at the same word, the one that stands first. A pattern is words alone, so each is linear. */
const RULES: Readonly<Record<Language, readonly Rule[]>> = {
  en: [
    [/\bhow (?:much|many)\b/u, 'quantity'],
    [/\bhow (?:long|often|soon)\b/u, 'duration'],
    [/\bhow (?:\w+ )?(?:am|are|is|was|were) (?:i|you|we|they|he|she|it|my|your|our|their|his|her)\b/u, 'degree'],
    [/\b(?:when|what time|what date|what day|until when|which day)\b/u, 'time'],
    [/\b(?:where|which place)\b/u, 'place'],
    [
      /\b(?:why|how come|what(?: is| are|'s) the reasons?|for what reason|reasons? (?:for|why|to)|what(?: is|'s) the (?:need|point|purpose))\b/u,
      'cause',
    ],
    [/\b(?:who|whom|whose)\b/u, 'person'],
    [
      /\b(?:(?:do|does|did|will|would) (?:i|we|you|it|they) (?:\w+ )?(?:need|have) to|(?:must|should) (?:i|we))\b/u,
      'duty',
    ],
    [/\b(?:is it|am i) (?:really )?(?:required|mandatory|necessary|obliged)\b/u, 'duty'],
    [
      /\b(?:how|what(?: is| are|'s) the (?:\w+ )?(?:steps?|ways?)|(?:is|are) there (?:a|any|some) ways?|steps? (?:to|for)|ways? (?:to|of|for)|what (?:do|should|must|can) i (?:need to |have to )?do|help (?:me )?(?:to|with)?)\b/u,
      'manner',
    ],
    [/\bwhich\b/u, 'choice'],
    [/\bwhat\b/u, 'definition'],
    [
      /^\W*(?:can|could|may|is|are|am|was|were|did|would|(?:has|have|had) (?:i|you|we|they|he|she|it|my|your|the)|(?:do|does|will|should) (?:i|you|we|they|he|she|it|there|the|a|an|my|your|our|this|that|these|those|all|any|some|every))\b/u,
      'yes-no',
    ],
  ],
  pt: [
    [/(?<!\p{L})(?:quanto tempo|com que frequência)(?!\p{L})/u, 'duration'],
    [/(?<!\p{L})quant[oa]s?(?!\p{L})/u, 'quantity'],
    [/(?<!\p{L})(?:quando|que horas|que dia|qual a data|até quando)(?!\p{L})/u, 'time'],
    [/(?<!\p{L})(?:onde|aonde)(?!\p{L})/u, 'place'],
    [/(?<!\p{L})(?:por que|por quê|porquê|qual o motivo|qual a razão)(?!\p{L})/u, 'cause'],
    [/(?<!\p{L})(?:a|ao|de|com|em|para|pra|por|sobre|contra|sem) quem(?!\p{L})/u, 'whom'],
    [/(?<!\p{L})quem(?!\p{L})/u, 'person'],
    [
      /(?<!\p{L})(?:(?:eu )?(?:preciso|devo|tenho que|tenho de)|é (?:obrigatório|necessário|preciso))(?!\p{L})[^.!]{0,200}\?/u,
      'duty',
    ],
    [/(?<!\p{L})(?:como|passos para|maneira de|forma de|jeito de|o que devo fazer|ajuda para)(?!\p{L})/u, 'manner'],
    [/(?<!\p{L})(?:qual|quais)(?!\p{L})/u, 'choice'],
    [/(?<!\p{L})o que(?!\p{L})/u, 'definition'],
    [/^[^\p{L}]*(?:posso|pode|podem|poderia|é|são|existe|tem|há|consigo|devo|preciso)(?!\p{L})/u, 'yes-no'],
  ],
  es: [
    [/(?<!\p{L})(?:cuánto tiempo|con qué frecuencia)(?!\p{L})/u, 'duration'],
    [/(?<!\p{L})cuánt[oa]s?(?!\p{L})/u, 'quantity'],
    [/(?<!\p{L})(?:cuándo|qué hora|qué día|hasta cuándo)(?!\p{L})/u, 'time'],
    [/(?<!\p{L})(?:dónde|adónde)(?!\p{L})/u, 'place'],
    [/(?<!\p{L})(?:por qué|cuál es el motivo|cuál es la razón)(?!\p{L})/u, 'cause'],
    [/(?<!\p{L})(?:a|de|con|en|para|por|sobre|contra|sin) qui[eé]n(?:es)?(?!\p{L})/u, 'whom'],
    [/(?<!\p{L})(?:a|de) qué(?! (?:hora|día|fecha))(?!\p{L})/u, 'object'],
    [/(?<!\p{L})qui[eé]n(?:es)?(?!\p{L})/u, 'person'],
    [/(?<!\p{L})(?:(?:yo )?(?:necesito|debo|tengo que)|es (?:obligatorio|necesario))(?!\p{L})[^.!]{0,200}\?/u, 'duty'],
    [/(?<!\p{L})(?:cómo|pasos para|manera de|forma de|qué debo hacer|ayuda para)(?!\p{L})/u, 'manner'],
    [/(?<!\p{L})(?:cuál|cuáles)(?!\p{L})/u, 'choice'],
    [/(?<!\p{L})qué(?!\p{L})/u, 'definition'],
    [/^[^\p{L}]*(?:puedo|puede|pueden|podría|es|son|existe|tiene|hay|debo|necesito)(?!\p{L})/u, 'yes-no'],
  ],
};

/** Of a question within a question: does it matter when, does it matter where. */
const QUESTION_WORDS: Readonly<Record<Language, RegExp>> = {
  en: /\b(?:when|where|why|who|whose|whom|which|how|what)\b/gu,
  pt: /(?<!\p{L})(?:quando|a?onde|por qu[eê]|(?:(?:a|ao|de|com|em|para|pra|por|sobre|contra|sem) )?quem|quais|qual|como|quant[oa]s?|o que)(?!\p{L})/gu,
  es: /(?<!\p{L})(?:cuándo|a?dónde|por qué|(?:(?:a|de|con|en|para|por|sobre|contra|sin) )?qui[eé]n(?:es)?|cuál|cuáles|cómo|cuánt[oa]s?|qué)(?!\p{L})/gu,
};

export interface Asked {
  /** The kind that is asked for first: what follows belongs to the thing asked about. */
  readonly kind: QuestionKind;
  /** Question words behind it, in order. */
  readonly further: readonly string[];
}

/** @param text in lower case */
export function askedIn(text: string, language: Language | undefined): Asked {
  if (!language) return { kind: 'open', further: [] };
  const bare = withoutCourtesies(text, language).replace(/^[^\p{L}\p{N}]+/u, '');
  let [first, end] = [Infinity, 0];
  let kind: QuestionKind = 'open';
  for (const [pattern, name] of RULES[language]) {
    const found = pattern.exec(bare);
    if (found && found.index < first) [first, end, kind] = [found.index, found.index + found[0].length, name];
  }
  return { kind, further: bare.slice(end).match(QUESTION_WORDS[language]) ?? [] };
}
