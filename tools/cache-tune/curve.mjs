import { interval } from '../../bench/quality/wilson.mjs';
import { compact, cosine, doubtBetween, traitsOf } from './similar-code.mjs';

/** How near each pair is, and what the second check says of it: `[{ a, b, same?, similarity, doubt, oneWordDoubt }]`. */
export async function measured(pairs, embedder) {
  await embedder.learn(pairs.flatMap(({ a, b }) => [a, b]));
  const known = new Map();
  const of = (text) => {
    if (!known.has(text)) known.set(text, { vector: compact(embedder.vectors.get(text)), traits: traitsOf(text) });
    return known.get(text);
  };
  return pairs.map((pair) => {
    const [a, b] = [of(pair.a), of(pair.b)];
    const similarity = a.vector && b.vector ? cosine(a.vector, b.vector) : 0;
    const doubt = doubtBetween(a.traits, b.traits);
    const oneWordDoubt = doubt && doubtBetween(a.traits, b.traits, { oneWord: true });
    return { ...pair, similarity, doubt, oneWordDoubt };
  });
}

/** Whether a pair would share an answer. */
export function isServed({ similarity, doubt, oneWordDoubt }, { threshold, oneWordThreshold }) {
  return similarity >= threshold && (!doubt || (!oneWordDoubt && similarity >= oneWordThreshold));
}

/** One line of the curve: what is served, how much of it is right, with Wilson's intervals (95 %). */
export function lineOf(rows, serves) {
  const served = rows.filter(serves);
  const judged = served.filter(({ same }) => same !== undefined);
  const right = judged.filter(({ same }) => same).length;
  const alike = rows.filter(({ same }) => same).length;
  const wrong = judged.length - right;
  return {
    served: served.length,
    'of all %': percent(served.length, rows.length),
    wrong,
    'wrong of served % (95 %)': judged.length
      ? `${percent(wrong, judged.length)} (${interval(wrong, judged.length)})`
      : '–',
    'wrong of all %': percent(wrong, rows.length),
    'found of alike %': alike ? percent(right, alike) : '–',
  };
}

/** The curve by threshold: similarity alone, with the second check, and with one word that may differ. */
export function curve(rows, thresholds, isLexical) {
  const table = {};
  for (const threshold of thresholds) {
    const at = threshold.toFixed(2);
    table[`${at} similarity alone`] = lineOf(rows, ({ similarity }) => similarity >= threshold);
    table[`${at} + second check`] = lineOf(rows, (row) => isServed(row, { threshold, oneWordThreshold: 2 }));
    if (!isLexical)
      table[`${at} + one word may differ`] = lineOf(rows, (row) =>
        isServed(row, { threshold, oneWordThreshold: threshold }),
      );
  }
  return table;
}

function percent(n, of) {
  return of ? ((100 * n) / of).toFixed(2) : '–';
}
