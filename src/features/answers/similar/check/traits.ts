import { withoutCourtesies } from './courtesies';
import { folded } from './folded';
import { abbreviationsIn, labelsIn, unusualMeasuresIn } from './labels';
import { isFunctionWord, type Language, languageOf, negationsIn } from './languages';
import { linksIn } from './links';
import { modalitiesIn } from './modality';
import { numbersIn, numeralOf } from './numerals';
import { personsIn, subjectOf } from './persons';
import { addressesIn } from './polite-address';
import { type Asked, askedIn } from './question-kind';
import { relationsIn } from './relations';
import { opensSentence } from './sentence-start';
import { stemOf } from './stem';
import { meaningOf } from './synonyms';
import { turnsOf } from './turns';
import { wordsOf } from './words';

/** What the second check compares of a text. Found once for each. */
export interface Traits {
  readonly text: string;
  readonly language: Language | undefined;
  /** Of the first letter: Latin, Cyrillic, Han … */
  readonly script: string;
  readonly characters: number;
  readonly words: ReadonlySet<string>;
  readonly numbers: readonly string[];
  readonly signs: readonly string[];
  readonly names: readonly string[];
  /** Whether one is spoken to or of, by a capital. */
  readonly addresses: readonly boolean[];
  /** Single letters and abbreviations that name something, and measures that other letters make another. */
  readonly labels: readonly string[];
  readonly quotes: readonly string[];
  readonly code: readonly string[];
  readonly negations: number;
  readonly kind: Asked['kind'];
  readonly further: Asked['further'];
  readonly modalities: ReturnType<typeof modalitiesIn>;
  readonly masked: boolean;
  /** Which way things go: `from lisbon`, `past`. */
  readonly relations: readonly string[];
  readonly links: ReturnType<typeof linksIn>;
  readonly persons: ReturnType<typeof personsIn>;
  readonly turns: ReturnType<typeof turnsOf>;
  readonly subject: ReturnType<typeof subjectOf>;
  /** The words that matter, as stems, in order. */
  readonly content: readonly string[];
}

const CODE = /```[^`]*```|`[^`\n]+`/gu;
const QUOTED = /["“„«]([^"“”„«»\n]{1,300})["”»]|(?<![\p{L}\p{N}])['‘]([^'‘’\n]{1,300})['’](?![\p{L}\p{N}])/gu;
/** Signs that change what is meant: C++ and C#, 2 × 3 and 2 ÷ 3, 🔴 and 🟢; and of numbers: 5 - 3, 5!, 5' and 5"; and of letters: A-. */
const SIGN =
  /[\p{S}#*/%&@]|(?<=\d )[-–](?= \d)|(?<=(?<![\p{L}\p{N}])\p{Lu}{1,2})[-–](?![\p{L}\p{N}])|(?<=\d)(?:!(?!!)|(?<!["'“‘][\d.,]{1,20})['"′″](?![\p{L}\p{N}]))/gu;
const MASKED = /\[\[[A-Z][A-Z0-9_]{0,40}\]\]/u;
const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Devanagari', 'Han', 'Hiragana', 'Hangul', 'Thai'];
const SCRIPT_TESTS = SCRIPTS.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'u')] as const);

/** @param assumed the language where the text itself does not tell */
export function traitsOf(text: string, assumed?: Language): Traits {
  const normal = folded(text);
  const code = (normal.match(CODE) ?? []).map((block) => block.trim());
  const prose = normal.replace(CODE, ' ');
  const written = wordsOf(prose);
  const lower = written.map((word) => word.toLowerCase().replaceAll('’', "'"));
  const language = languageOf(lower) ?? assumed;
  const content = lower.map((word) => (isFunctionWord(word, language) ? undefined : meaning(word, language)));
  const small = prose.toLowerCase().replaceAll('’', "'");
  const { kind, further } = askedIn(small, language);
  const asked = wordsOf(language ? withoutCourtesies(small, language) : small);
  return {
    text,
    language,
    script: scriptOf(normal),
    characters: normal.trim().length,
    words: new Set(lower),
    numbers: numbersIn(prose, lower, language),
    signs: (prose.match(SIGN) ?? []).sort(),
    names: namesIn(prose, written),
    addresses: addressesIn(prose),
    labels: [...labelsIn(prose, language), ...abbreviationsIn(prose, language), ...unusualMeasuresIn(prose)],
    quotes: quotesIn(prose),
    code,
    negations: negationsIn(lower, language),
    kind,
    further,
    modalities: modalitiesIn(asked, language),
    subject: subjectOf(asked, language) ?? (kind === 'yes-no' && language === 'en' ? 'another' : undefined),
    masked: MASKED.test(normal),
    relations: relationsIn(lower, content, asked, language),
    links: linksIn(lower, content, language),
    persons: personsIn(lower, content, language),
    turns: turnsOf(asked, language),
    content: content.filter((word) => word !== undefined),
  };
}

function meaning(word: string, language: Language | undefined): string {
  return numeralOf(word, language) ?? meaningOf(stemOf(word, language), language);
}

/** Words with a capital that does not come from the start of a sentence. */
function namesIn(prose: string, written: readonly string[]): string[] {
  const names: string[] = [];
  let at = 0;
  for (const word of written) {
    at = prose.indexOf(word, at);
    const opens = opensSentence(prose, at);
    const capital = /^\p{Lu}/u.test(word) && word !== 'I' && !/^I['’]/u.test(word);
    if (capital && (!opens || /^\p{Lu}{2}/u.test(word))) names.push(word.toLowerCase().replace(/['’]s$/u, ''));
    at += word.length;
  }
  return names;
}

function quotesIn(prose: string): string[] {
  return [...prose.matchAll(QUOTED)].map((found) => (found[1] ?? found[2] ?? '').trim().toLowerCase()).sort();
}

function scriptOf(text: string): string {
  const letter = /\p{L}/u.exec(text)?.[0] ?? '';
  return SCRIPT_TESTS.find(([, test]) => test.test(letter))?.[0] ?? '';
}
