import type { Letter } from '../../contract/in-batch';
import type { Json, JsonObject } from '../../contract/json';
import type { JobReader } from '../../features/jobs';
import type { ResultLine } from './batch-line';

const LINES_AT_ONCE = 50;

/** A line that waits for its provider. It holds prompts and what tokens stand for, and is kept sealed like all of a job. */
export interface SentLine {
  readonly customId: string;
  /** As the caller wrote it. */
  readonly body: JsonObject;
  readonly letter: Letter;
}

/** What became of a line when it was readied: nothing where another model answers it, or it was answered or refused at once. */
export type Readied = { readonly sent: SentLine } | { readonly here: true } | { readonly line: ResultLine };

export const sentStepOf = (n: number): string => `sent ${n}`;

/** The name of a line at its provider, and its number in such a name. */
export const remoteNameOf = (batch: string, n: number): string => `${batch}-${n}`;
export function numberIn(batch: string, name: string): number | undefined {
  const digits = name.startsWith(`${batch}-`) ? name.slice(batch.length + 1) : '';
  return /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : undefined;
}

export type ReadSteps = (keys: readonly string[]) => Promise<ReadonlyMap<string, Json>>;

export function stepsOf(reader: Pick<JobReader, 'steps'>, job: { jobId: string; tenantId: string }): ReadSteps {
  return (keys) => reader.steps({ id: job.jobId, tenantId: job.tenantId }, keys);
}

/** Those of these lines that were readied, by number. */
export async function readiedOf(numbers: readonly number[], steps: ReadSteps): Promise<ReadonlyMap<number, Readied>> {
  const kept = await steps(numbers.map(sentStepOf));
  return new Map(
    numbers.flatMap((n) => {
      const readied = kept.get(sentStepOf(n)) as (Json & Readied) | undefined;
      return readied ? [[n, readied] as const] : [];
    }),
  );
}

/** Numbers from 1 to `total`, so many at a time. */
export function* chunksOf(total: number): Generator<readonly number[], void> {
  for (let first = 1; first <= total; first += LINES_AT_ONCE)
    yield Array.from({ length: Math.min(LINES_AT_ONCE, total - first + 1) }, (_, i) => first + i);
}

/** The lines that are to be sent, in order. */
export async function* sentLines(
  total: number,
  steps: ReadSteps,
): AsyncGenerator<{ readonly n: number; readonly sent: SentLine }, void> {
  for (const numbers of chunksOf(total))
    for (const [n, readied] of await readiedOf(numbers, steps)) if ('sent' in readied) yield { n, sent: readied.sent };
}
