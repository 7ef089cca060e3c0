import { isFunctionWord, languageOf } from './check/languages';
import { wordsOf } from './check/words';
import { Embedder } from './embedder';

const DIMENSIONS = 512;
const RUNS = [3, 4] as const;
/** What runs of letters weigh against a whole word, and a word that is said in every question against one that matters. */
const RUN_WEIGHT = 0.3;
const COMMON_WEIGHT = 0.15;
/** Longer words are cut: they are no words. */
const WORD_CHARACTERS = 40;

/**
 * Vectors without a model: words and their runs of letters, each hashed to a place, common words counting little. It compares
 * letters, not meaning: it finds inflections, slips and other arrangements of the same words, and no paraphrase in other words.
 * A fixed list stands in for the frequencies of TF-IDF, so that a vector never ages.
 */
export class LexicalEmbedder extends Embedder {
  override readonly name = 'lexical';
  override readonly dimensions = DIMENSIONS;

  override embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    return Promise.resolve(texts.map(lexicalVector));
  }
}

/** All zeros for a text without a word. */
export function lexicalVector(text: string): Float32Array {
  const words = wordsOf(text.normalize('NFKC').toLowerCase()).map((word) => word.slice(0, WORD_CHARACTERS));
  const language = languageOf(words);
  const counts = new Map<string, number>();
  const count = (feature: string, weight: number): void =>
    void counts.set(feature, (counts.get(feature) ?? 0) + weight);
  for (const word of words) {
    const weight = isFunctionWord(word, language) ? COMMON_WEIGHT : 1;
    count(word, weight);
    const framed = `^${word}$`;
    for (const run of RUNS)
      for (let i = 0; i + run <= framed.length; i++) count(`~${framed.slice(i, i + run)}`, weight * RUN_WEIGHT);
  }
  const vector = new Float32Array(DIMENSIONS);
  for (const [feature, weight] of counts) {
    const hash = fnv1a(feature);
    // a sign makes collisions cancel out on average
    const place = hash % DIMENSIONS;
    vector[place] = (vector[place] as number) + Math.sqrt(weight) * (hash & 0x1_0000 ? 1 : -1);
  }
  return vector;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
