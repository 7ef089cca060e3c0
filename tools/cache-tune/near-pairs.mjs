import { isServed } from './curve.mjs';
import { compact, cosine, doubtBetween, traitsOf } from './similar-code.mjs';

/** Earlier questions that each question is compared with; a longer past is given up from its beginning. */
const PAST = 10_000;
const CANDIDATES = 16;

/**
 * Replays questions in order, each looking for an earlier one: the share that finds one, by threshold, and the pairs found. The
 * same text in the same letters counts as exact and is not looked for.
 */
export async function nearPairs(lines, embedder, thresholds, isLexical) {
  await embedder.learn(lines.map(({ question }) => question));
  const past = new Map();
  const best = [];
  let exact = 0;
  for (const { question, tenant = '' } of lines) {
    const name = `${tenant}\n${question}`;
    if (past.has(name)) {
      exact++;
      continue;
    }
    const asked = { tenant, question, vector: compact(embedder.vectors.get(question)), traits: traitsOf(question) };
    if (asked.vector) best.push(found(asked, past.values()));
    past.set(name, asked);
    if (past.size > PAST) past.delete(past.keys().next().value);
  }
  const rates = {};
  for (const threshold of thresholds) {
    const rate = (oneWordThreshold) =>
      share(
        best.filter((pairs) => pairs.some((pair) => isServed(pair, { threshold, oneWordThreshold }))).length,
        lines.length,
      );
    rates[threshold.toFixed(2)] = {
      'exact %': share(exact, lines.length),
      '+ second check %': rate(2),
      ...(!isLexical && { '+ one word may differ %': rate(threshold) }),
      'similarity alone %': share(
        best.filter((pairs) => pairs.some(({ similarity }) => similarity >= threshold)).length,
        lines.length,
      ),
    };
  }
  const [least] = thresholds;
  const pairs = best.flatMap((all) =>
    all.filter((pair) => isServed(pair, { threshold: least, oneWordThreshold: isLexical ? 2 : 0.9 })).slice(0, 1),
  );
  return { rates, pairs };
}

/** The nearest earlier questions of the same tenant, each with what the second check says. */
function found(asked, past) {
  const near = [];
  for (const { tenant, question, vector, traits } of past)
    if (vector && tenant === asked.tenant) near.push({ similarity: cosine(asked.vector, vector), question, traits });
  near.sort((one, other) => other.similarity - one.similarity);
  return near.slice(0, CANDIDATES).map(({ similarity, question, traits }) => {
    const doubt = doubtBetween(asked.traits, traits);
    const oneWordDoubt = doubt && doubtBetween(asked.traits, traits, { oneWord: true });
    return { a: question, b: asked.question, similarity, doubt, oneWordDoubt };
  });
}

function share(n, of) {
  return of ? ((100 * n) / of).toFixed(2) : '–';
}
