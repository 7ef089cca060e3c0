import type { AskedQuestion } from './asked-question';
import { doubtBetween } from './check/second-check';
import { traitsOf } from './check/traits';
import type { Embedder } from './embedder';
import { LexicalEmbedder } from './lexical-embedder';
import type { Forgotten, VectorIndex } from './vector-index';

/** A longer question is one of its own. */
const QUESTION_CHARACTERS = 1_000;
/** Neighbours that are looked at more closely. */
const CANDIDATES = 16;

export interface Nearness {
  /** Cosine of the vectors. */
  readonly threshold: number;
  /** The same, for questions that differ in one word each. Only a model's vectors are asked for that. */
  readonly oneWordThreshold: number;
}

/** A kept question that asks the same, as far as can be told. */
export interface Match {
  readonly key: string;
  readonly requestId: string;
  readonly similarity: number;
  /** The embedder that says so. */
  readonly by: string;
}

interface Source {
  readonly key: string;
  readonly requestId: string;
  readonly subject?: string;
  readonly expiresAt: number;
}

/** The questions whose answers are kept, and which of them are near enough to a new one to share an answer. */
export class SimilarQuestions {
  private readonly lexical = new LexicalEmbedder();

  constructor(private readonly index: VectorIndex) {}

  /**
   * Nearest first: by the model's vectors where it makes one, then by letters, which find the same words in questions that a model holds
   * for less near than others.
   */
  async find(
    asked: AskedQuestion,
    nearness: Nearness,
    model: Embedder | undefined,
    signal: AbortSignal,
  ): Promise<readonly Match[]> {
    if (!isComparable(asked)) return [];
    const found = new Map<string, Match>();
    for (const embedder of model ? [model, this.lexical] : [this.lexical])
      for (const match of await this.matches(asked, nearness, embedder, signal))
        if (!found.has(match.key)) found.set(match.key, match);
    return [...found.values()];
  }

  /** The question may be found from now on; by letters too, for when its model is away. */
  async remember(
    asked: AskedQuestion,
    source: Source,
    model: Embedder | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (!isComparable(asked)) return;
    for (const embedder of model ? [this.lexical, model] : [this.lexical]) {
      const vector = await asked.vectorBy(embedder, signal);
      const bucket = { tenantId: asked.tenantId, family: asked.familyOf(embedder.name) };
      if (vector) await this.index.add(bucket, { ...source, question: asked.text, vector });
    }
  }

  /** @throws when some may be left */
  forget(which: Forgotten): Promise<void> {
    return this.index.forget(which);
  }

  private async matches(
    asked: AskedQuestion,
    { threshold, oneWordThreshold }: Nearness,
    embedder: Embedder,
    signal: AbortSignal,
  ): Promise<readonly Match[]> {
    const vector = await asked.vectorBy(embedder, signal);
    if (!vector) return [];
    const bucket = { tenantId: asked.tenantId, family: asked.familyOf(embedder.name) };
    const neighbours = await this.index.nearest(bucket, vector, CANDIDATES, threshold);
    return neighbours
      .filter(({ question, similarity }) => {
        const oneWord = embedder !== this.lexical && similarity >= oneWordThreshold;
        return !doubtBetween(asked.traits, traitsOf(question), { oneWord });
      })
      .map(({ key, requestId, similarity }) => ({ key, requestId, similarity, by: embedder.name }));
  }
}

/** What holds somebody's data is nobody else's question. */
function isComparable({ text, traits }: AskedQuestion): boolean {
  return text.length <= QUESTION_CHARACTERS && !traits.masked && traits.content.length > 0;
}
