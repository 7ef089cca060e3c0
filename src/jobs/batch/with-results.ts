import type { Json } from '../../contract/json';
import type { Line } from '../../features/batches';
import { type ResultLine, stepOf } from './batch-line';

const LINES_AT_ONCE = 100;
const BYTES_AT_ONCE = 4_194_304;

export interface NumberedLine {
  /** Its place among the lines that are not blank, from 1. */
  readonly n: number;
  readonly line: Line;
  /** What came of it, when it was done before. */
  readonly result: ResultLine | undefined;
}

/**
 * Lines with what came of those that were done before: looked up many at a time, so that a batch that is taken up again is soon where
 * it was.
 * @param steps what steps gave that ended, by their keys
 */
export async function* withResults(
  lines: AsyncIterable<Line>,
  steps: (keys: readonly string[]) => Promise<ReadonlyMap<string, Json>>,
): AsyncGenerator<NumberedLine, void> {
  let waiting: { readonly n: number; readonly line: Line }[] = [];
  let [n, bytes] = [0, 0];
  const looked = async (): Promise<NumberedLine[]> => {
    const kept = await steps(waiting.map((one) => stepOf(one.n)));
    const found = waiting.map((one) => ({
      ...one,
      result: kept.get(stepOf(one.n)) as (Json & ResultLine) | undefined,
    }));
    [waiting, bytes] = [[], 0];
    return found;
  };
  for await (const line of lines) {
    waiting.push({ n: ++n, line });
    bytes += line.bytes?.length ?? 0;
    if (waiting.length >= LINES_AT_ONCE || bytes >= BYTES_AT_ONCE) yield* await looked();
  }
  if (waiting.length) yield* await looked();
}
