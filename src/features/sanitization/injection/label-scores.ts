import { isObject } from '../../../contract/json';

interface Labelled {
  readonly label: string;
  readonly score: number;
}

/**
 * Reads the answers of text-classification servers: for each input all labels, or only the likeliest; for a single input
 * without the outer list too.
 * @param labels lower-case: those that mean an attack
 * @returns for each input how likely it is an attack, 0 to 1; `labels`: none of the labels is known; `garbage`: no such answer
 */
export function scoresOf(
  answer: unknown,
  inputs: number,
  labels: ReadonlySet<string>,
): readonly number[] | 'labels' | 'garbage' {
  if (!Array.isArray(answer) || !answer.length) return 'garbage';
  const flat = answer.every((item) => isObject(item));
  const rows: readonly unknown[] = !flat ? answer : inputs === 1 ? [answer] : answer.map((item: unknown) => [item]);
  if (rows.length !== inputs) return 'garbage';
  const scores: number[] = [];
  for (const row of rows) {
    if (!Array.isArray(row) || !row.length || !row.every(isLabelled)) return 'garbage';
    const attacks = row.filter(({ label }) => labels.has(label.toLowerCase()));
    if (!attacks.length && row.length > 1) return 'labels';
    // only the likeliest was named, and it is harmless: what is left is the rest
    scores.push(attacks.length ? Math.min(1, sum(attacks)) : 1 - (row[0] as Labelled).score);
  }
  return scores;
}

function isLabelled(item: unknown): item is Labelled {
  return (
    isObject(item) &&
    typeof item['label'] === 'string' &&
    typeof item['score'] === 'number' &&
    item['score'] >= 0 &&
    item['score'] <= 1
  );
}

function sum(items: readonly Labelled[]): number {
  return items.reduce((total, { score }) => total + score, 0);
}
