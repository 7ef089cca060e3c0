import { setImmediate } from 'node:timers/promises';
import { cosineTo } from './vector';
import type { Neighbour, Remembered } from './vector-index';

/** Compared at a time: a millisecond or two. */
const SLICE = 2_000;

/** Compares with every one: exact, and linear in their number. Others have their turn in between. @returns at most `most`, nearest first */
export async function nearestOf(
  questions: Iterable<Remembered>,
  vector: Int8Array,
  most: number,
  atLeast: number,
  now: number,
): Promise<readonly Neighbour[]> {
  const found: Neighbour[] = [];
  const similarityTo = cosineTo(vector);
  let bar = atLeast;
  let compared = 0;
  for (const question of questions) {
    if (++compared % SLICE === 0) await setImmediate();
    if (question.expiresAt <= now) continue;
    const similarity = similarityTo(question.vector);
    if (similarity < bar) continue;
    found.push({ ...question, similarity });
    if (found.length < 4 * most) continue;
    found.sort(nearestFirst).splice(most);
    bar = Math.max(atLeast, found.at(-1)?.similarity ?? atLeast);
  }
  return found.sort(nearestFirst).slice(0, most);
}

function nearestFirst(a: Neighbour, b: Neighbour): number {
  return b.similarity - a.similarity;
}
