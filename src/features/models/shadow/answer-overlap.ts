/** Words of an answer that are compared. */
const MOST_WORDS = 5_000;

/** How alike two answers are: twice the words they share over all of theirs (Dice), 0 to 1. Order and case do not count. */
export function answerOverlap(one: string, other: string): number {
  const [words, others] = [wordsOf(one), wordsOf(other)];
  if (!words.length && !others.length) return 1;
  const left = new Map<string, number>();
  for (const word of words) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of others) {
    const count = left.get(word) ?? 0;
    if (!count) continue;
    left.set(word, count - 1);
    shared++;
  }
  return (2 * shared) / (words.length + others.length);
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MOST_WORDS);
}
