import type { Scorer } from './scorer';

/**
 * Compares letters, not meaning: the share of runs of three letters that two texts have in common (Dice's coefficient), case
 * and space aside. Paraphrases score low; texts that differ in one word that matters may score high, so it needs a guard.
 */
export const trigramScorer: Scorer = {
  score(query, candidates) {
    const asked = trigrams(query);
    return candidates.map((candidate) => dice(asked, trigrams(candidate)));
  },
};

interface Trigrams {
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
}

function trigrams(text: string): Trigrams {
  const letters = ` ${text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim()} `;
  const counts = new Map<string, number>();
  const total = letters.length - 2;
  for (let i = 0; i < total; i++) {
    const run = letters.slice(i, i + 3);
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return { counts, total };
}

function dice(a: Trigrams, b: Trigrams): number {
  if (a.total <= 0 || b.total <= 0) return 0;
  let common = 0;
  for (const [run, count] of a.counts) common += Math.min(count, b.counts.get(run) ?? 0);
  return (2 * common) / (a.total + b.total);
}
