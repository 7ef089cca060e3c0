import type { JsonObject } from '../../contract/json';
import type { JobContext } from '../../contract/job';
import type { Scorer } from '../../platform/config/evals';
import { transcriptOf } from './case-body';
import { type Failure, failureOf } from './part';
import { contains } from './scorers/contains';
import { exact } from './scorers/exact';
import { judgement, judgeQuestion } from './scorers/judge';
import { jsonSchema, type SchemaChecks } from './scorers/json-schema';
import { regex } from './scorers/regex';
import { similarity } from './scorers/similarity';
import type { ReadyCase } from './suite';
import { vectorsOf } from './vectors';

export interface ScoringParts {
  readonly schemas: SchemaChecks;
  /** A vector of the letters of a text. */
  readonly lexical: (text: string) => ArrayLike<number>;
  readonly judge: string;
  readonly embedding: string | undefined;
}

/** What one scorer made of an answer, as reports show it. */
export type ScoreLine = {
  readonly scorer: string;
  readonly score: number;
  readonly passed: boolean;
  readonly weight: number;
  /** Whose vectors or grade it is; `lexical` compares letters. */
  readonly by?: string;
  readonly why?: string;
  /** It could not be scored. */
  readonly error?: Failure;
};

const FAILED = { score: 0, passed: false } as const;

/**
 * What all scorers of a case say of an answer. A scorer that could not be asked counts as an error, and never as passed.
 * @param key names the case among all of the run
 */
export async function scoreCase(
  asked: ReadyCase,
  answer: string,
  key: string,
  context: JobContext,
  parts: ScoringParts,
): Promise<{ readonly lines: readonly ScoreLine[]; readonly picos: bigint }> {
  let picos = 0n;
  const lines: ScoreLine[] = [];
  for (const [n, scorer] of asked.scorers.entries()) {
    const made = await one(scorer, asked, answer, `score:${key}:${n}`, context, parts);
    picos += BigInt(made.picos ?? 0);
    const { picos: _picos, ...told } = made;
    lines.push({ scorer: scorer.name ?? scorer.type, weight: scorer.weight, ...told });
  }
  return { lines, picos };
}

type Made = Omit<ScoreLine, 'scorer' | 'weight'> & { readonly picos?: string };

async function one(
  scorer: Scorer,
  asked: ReadyCase,
  answer: string,
  step: string,
  context: JobContext,
  parts: ScoringParts,
): Promise<Made> {
  switch (scorer.type) {
    case 'exact':
      return { ...exact(answer, scorer.value ?? asked.expect ?? '', scorer) };
    case 'contains':
      return { ...contains(answer, scorer) };
    case 'regex':
      return { ...regex(answer, scorer) };
    case 'json-schema':
      return { ...jsonSchema(answer, scorer.schema as JsonObject, parts.schemas) };
    case 'similarity':
      return alike(scorer, asked, answer, step, context, parts);
    case 'judge':
      return judged(scorer, asked, answer, step, context, parts);
  }
}

async function alike(
  { value, model: own, min }: Extract<Scorer, { type: 'similarity' }>,
  { expect = '' }: ReadyCase,
  answer: string,
  step: string,
  context: JobContext,
  { embedding, lexical }: ScoringParts,
): Promise<Made> {
  const model = own ?? embedding;
  const texts = [answer, value ?? expect] as const;
  if (model === undefined) return { ...similarity(lexical(texts[0]), lexical(texts[1]), min), by: 'lexical' };
  // a model makes no vector of nothing
  if (!answer.trim()) return { ...FAILED, by: model, why: 'nothing was answered' };
  return context.step<Made>(step, async (ask) => {
    try {
      const { vectors, picos, by } = await vectorsOf(texts, model, ask);
      return { ...similarity(vectors[0], vectors[1], min), by, picos: String(picos) };
    } catch (error) {
      return { ...FAILED, by: model, picos: '0', error: failureOf(error, context.signal) };
    }
  });
}

async function judged(
  { rubric, model: own, min }: Extract<Scorer, { type: 'judge' }>,
  asked: ReadyCase,
  answer: string,
  step: string,
  context: JobContext,
  { judge }: ScoringParts,
): Promise<Made> {
  const model = own ?? judge;
  const question = judgeQuestion(rubric, { asked: transcriptOf(asked), answer, expected: asked.expect });
  return context.step<Made>(step, async (ask) => {
    try {
      const grade = await ask({ ...question, model });
      const by = `${grade.provider}/${grade.model}`;
      const told = judgement(grade.json, min);
      const picos = String(grade.picos);
      return told ? { ...told, by, picos } : { ...FAILED, by, picos, error: NO_GRADE };
    } catch (error) {
      return { ...FAILED, by: model, picos: '0', error: failureOf(error, context.signal) };
    }
  });
}

const NO_GRADE: Failure = { code: 'provider_failed', message: 'The judge gave no grade from 0 to 1' };

/** The score of a case: of its scorers, by their weights. 0 where none has one. */
export function meanScore(lines: readonly Pick<ScoreLine, 'score' | 'weight'>[]): number {
  const weight = lines.reduce((sum, line) => sum + line.weight, 0);
  return weight ? lines.reduce((sum, line) => sum + line.score * line.weight, 0) / weight : 0;
}
