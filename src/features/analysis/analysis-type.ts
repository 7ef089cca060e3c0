import type { z } from 'zod';
import type { Json } from '../../contract/json';
import type { Question } from '../../contract/job';

/** What is to be asked, but for the text and the model. */
export interface Task {
  /** What the model is told to do. */
  readonly instructions: string;
  readonly schema: NonNullable<Question['schema']>;
  readonly maxTokens: number;
  /** Which model is asked where the caller names none; the usual one when absent. */
  readonly model?: string | undefined;
  /** Makes the result of a conforming answer; the answer as it is when absent. */
  readonly result?: (answer: Json) => Json;
}

/** One kind of analysis, and what callers may say about it. */
export interface AnalysisType<O extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly description: string;
  /** Its own fields of the body. */
  readonly options: O;
  task(options: z.output<O>): Task;
}

/** Keeps the type of the options that a built-in analysis takes. */
export function analysisType<O extends z.ZodObject>(type: AnalysisType<O>): AnalysisType {
  return type as unknown as AnalysisType;
}
