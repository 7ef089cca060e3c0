import type { Scorer } from './scorer';
import { essenceOf } from './essence';

/** A longer question is one of its own. */
const QUESTION_CHARACTERS = 1_000;
/** One question is at most this many times as long as the other. */
const LENGTH_FACTOR = 2;
/** Ways to ask the same that are kept. */
const WAYS = 8;

interface Asked {
  readonly question: string;
  /** The key of its answer. */
  readonly key: string;
}

/**
 * The questions whose answers are kept, in the memory of this process alone. A family is what must be equal beside the
 * question itself: tenant, model, instructions, parameters.
 */
export class QuestionIndex {
  /** By family and essence; the one that was added to last comes last. */
  private readonly buckets = new Map<string, Asked[]>();
  private count = 0;

  constructor(
    private readonly scorer: Scorer,
    private readonly questions = 10_000,
  ) {}

  add(family: string, question: string, key: string): void {
    const name = nameOf(family, question);
    if (!name) return;
    const others = this.take(name).filter((asked) => asked.key !== key);
    this.buckets.set(name, [...others.slice(1 - WAYS), { question, key }]);
    this.count += Math.min(others.length + 1, WAYS);
    for (const oldest of this.buckets.keys()) {
      if (this.count <= this.questions) break;
      this.take(oldest);
    }
  }

  /** Keys of the answers to questions that come near enough, nearest first. */
  async near(family: string, question: string, similarity: number): Promise<readonly string[]> {
    const name = nameOf(family, question);
    const candidates = ((name && this.buckets.get(name)) || []).filter((asked) => alike(asked.question, question));
    if (!candidates.length) return [];
    const scores = await this.scorer.score(
      question,
      candidates.map((asked) => asked.question),
    );
    return candidates
      .map(({ key }, i) => ({ key, score: scores[i] ?? 0 }))
      .filter(({ score }) => score >= similarity)
      .sort((a, b) => b.score - a.score)
      .map(({ key }) => key);
  }

  private take(name: string): Asked[] {
    const bucket = this.buckets.get(name) ?? [];
    this.buckets.delete(name);
    this.count -= bucket.length;
    return bucket;
  }
}

function nameOf(family: string, question: string): string | undefined {
  const essence = question.length <= QUESTION_CHARACTERS ? essenceOf(question) : '';
  return essence && `${family}\n${essence}`;
}

function alike(a: string, b: string): boolean {
  return Math.max(a.length, b.length) <= LENGTH_FACTOR * Math.min(a.length, b.length);
}
