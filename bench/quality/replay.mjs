// A chatbot's traffic against the caches: `npm run bench:quality:replay [-- --calls 10000 --seed 1 --embedding http://127.0.0.1:8089/v1]`.
// What repeated and paraphrased questions would cost without a cache and with one, and how many answers would be wrong.
import { parseArgs } from 'node:util';
import {
  AskedQuestion,
  MemoryVectorIndex,
  SIMILAR_DEFAULTS,
  SimilarQuestions,
} from '../../tools/cache-tune/similar-code.mjs';
import { embedderFor } from '../../tools/cache-tune/embedders.mjs';
import { Random } from '../../test/support/hostile/random.ts';
import { dressed, ownMatter, SHARES } from './replay/dress.mjs';
import { intents } from './replay/intents.mjs';
import { interval } from './wilson.mjs';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '20261128' },
    exponent: { type: 'string', default: '1' },
    embedding: { type: 'string' },
    model: { type: 'string', default: 'all-minilm-l6-v2' },
    show: { type: 'string', default: '0' },
  },
});
/** What a call costs: instructions and question in, an answer out, in tokens; dollars per million of them (gpt-5.1, 3-small). */
const TOKENS = { instructions: 400, answer: 160 };
const DOLLARS = { input: 1.25, output: 10, embedding: 0.02 };
const MOST_WRONG = 0.01;

const calls = Number(values.calls);
const random = new Random(Number(values.seed));
const served = values.embedding && { url: values.embedding, model: values.model };
const embedder = embedderFor(served);
const wishes = shuffled(intents());
const whichWish = zipf(wishes.length, Number(values.exponent));
const whichWay = new Map(wishes.map((wish) => [wish, zipf(wish.ways.length, 1)]));
const traffic = Array.from({ length: calls }, drawn);
if (served) await embedder.learn(traffic.map(({ text }) => text));

const { signal } = new AbortController();
const questions = new SimilarQuestions(new MemoryVectorIndex());
const asked = [];
const exact = new Set();
const counts = { exact: 0, similar: 0, model: 0, wrong: 0 };
const cost = { none: 0, exact: 0, cached: 0 };
const seen = new Set();
for (const { text, answer } of traffic) {
  cost.none += dollars(text);
  // what the exact cache would have paid alone
  if (!seen.has(text)) cost.exact += dollars(text);
  seen.add(text);
  if (exact.has(text)) {
    counts.exact++;
    continue;
  }
  const question = new AskedQuestion('t', text, (name) => name);
  if (served) cost.cached += (tokensOf(text) * DOLLARS.embedding) / 1e6;
  const [match] = await questions.find(question, SIMILAR_DEFAULTS, served && embedder, signal);
  if (match) {
    counts.similar++;
    const from = asked[Number(match.key)];
    if (from.answer !== answer) {
      counts.wrong++;
      if (counts.wrong <= Number(values.show)) console.log(JSON.stringify([from.text, text, match.similarity]));
    }
    continue;
  }
  counts.model++;
  cost.cached += dollars(text);
  exact.add(text);
  const key = String(asked.push({ answer, text }) - 1);
  await questions.remember(question, { key, requestId: key, expiresAt: Infinity }, served && embedder, signal);
}

const percent = (n, of) => `${((100 * n) / (of || 1)).toFixed(2)} %`;
console.log(
  `${calls} calls, ${wishes.length} answers asked for in ${wishes.reduce((sum, { ways }) => sum + ways.length, 0)} ways and ${new Set(traffic.map(({ text }) => text)).size} spellings, Zipf ${values.exponent}, seed ${values.seed}, ${served ? values.model : 'lexical'}`,
);
console.table({
  'exact hits': { calls: counts.exact, share: percent(counts.exact, calls) },
  'similar hits': { calls: counts.similar, share: percent(counts.similar, calls) },
  'asked a model': { calls: counts.model, share: percent(counts.model, calls) },
});
console.log(
  `wrong answers: ${counts.wrong}, ${percent(counts.wrong, counts.similar)} of similar hits (${interval(counts.wrong, counts.similar || 1)} %), ${percent(counts.wrong, calls)} of calls`,
);
console.log(
  `cost: $${cost.none.toFixed(2)} without a cache, $${cost.exact.toFixed(2)} with the exact one (${percent(cost.none - cost.exact, cost.none)} less), $${cost.cached.toFixed(2)} with both, ${percent(cost.none - cost.cached, cost.none)} less`,
);
if (counts.wrong > MOST_WRONG * counts.similar) process.exitCode = 1;

function dollars(text) {
  return ((TOKENS.instructions + tokensOf(text)) * DOLLARS.input + TOKENS.answer * DOLLARS.output) / 1e6;
}

function tokensOf(text) {
  return Math.ceil(text.length / 4);
}

/** A call of the traffic, and which answer is right. */
function drawn() {
  if (random.chance(SHARES.own)) {
    const text = ownMatter(random);
    return { text, answer: text };
  }
  const wish = wishes[whichWish()];
  return { text: dressed(wish.ways[whichWay.get(wish)()], random), answer: wish.answer };
}

/** Draws 0 … n - 1, the k-th with a weight of 1 / k ** exponent. */
function zipf(n, exponent) {
  const sums = [];
  for (let k = 1; k <= n; k++) sums.push((sums.at(-1) ?? 0) + k ** -exponent);
  return () => {
    const drawn = (random.below(1_000_000_000) / 1_000_000_000) * sums.at(-1);
    const found = sums.findIndex((sum) => sum > drawn);
    return found < 0 ? n - 1 : found;
  };
}

function shuffled(items) {
  const left = [...items];
  return Array.from(items, () => left.splice(random.below(left.length), 1)[0]);
}
