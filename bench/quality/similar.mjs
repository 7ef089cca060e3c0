// The similar cache on public sets of paraphrases: `npm run bench:quality:similar [-- --embedding http://127.0.0.1:8089/v1 --model all-minilm-l6-v2]`.
// The sets are not part of this repository; docs/similar-cache.md says where each is from and under which terms.
import { parseArgs } from 'node:util';
import { isServed, lineOf, measured } from '../../tools/cache-tune/curve.mjs';
import { embedderFor } from '../../tools/cache-tune/embedders.mjs';
import { SIMILAR_DEFAULTS } from '../../tools/cache-tune/similar-code.mjs';
import { interval } from './wilson.mjs';
import { intents, pairSets } from './similar/public-sets.mjs';
import { intentHits } from './similar/intent-hits.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '.data/quality/paraphrases' },
    embedding: { type: 'string' },
    model: { type: 'string', default: 'all-minilm-l6-v2' },
    wrong: { type: 'string', default: '0' },
  },
});
const MOST_WRONG = 0.01;
const { threshold, oneWordThreshold } = SIMILAR_DEFAULTS;
const served = values.embedding && { url: values.embedding, model: values.model };
const embedder = embedderFor(served);
const sets = pairSets(values.data);
if (!sets.length) {
  console.error(`No set of paraphrases in ${values.data}: docs/similar-cache.md says how to get them.`);
  process.exit(2);
}

const isLexical = !served;
const terms = { threshold, oneWordThreshold: isLexical ? 2 : oneWordThreshold };
console.log(
  `${isLexical ? 'lexical' : values.model}, threshold ${threshold}${isLexical ? '' : `, one word ${oneWordThreshold}`}`,
);
const heldOut = [];
for (const { name, pairs, isHeldOut } of sets) {
  const rows = await measured(pairs, embedder);
  const wrong = rows.filter((row) => !row.same && isServed(row, terms));
  console.log(`\n${name}: ${pairs.length} pairs, ${pairs.filter(({ same }) => same).length} of them alike`);
  console.table({
    'similarity alone': lineOf(rows, ({ similarity }) => similarity >= threshold),
    'similarity alone, 0.95': lineOf(rows, ({ similarity }) => similarity >= 0.95),
    'every word that matters': lineOf(rows, (row) => isServed(row, { threshold, oneWordThreshold: 2 })),
    ...(!isLexical && { 'as by default': lineOf(rows, (row) => isServed(row, terms)) }),
  });
  for (const { a, b, similarity } of wrong.slice(0, Number(values.wrong)))
    console.log(`  ${similarity.toFixed(3)} ${JSON.stringify([a, b])}`);
  if (isHeldOut) heldOut.push(...rows);
}

const all = heldOut.filter((row) => isServed(row, terms));
const wrong = all.filter(({ same }) => !same).length;
console.log(
  `\nheld out, as by default: ${heldOut.length} pairs, ${all.length} served, ${wrong} of them wrong: ${((100 * wrong) / (all.length || 1)).toFixed(2)} % of served (${interval(wrong, all.length || 1)}), ${((100 * wrong) / heldOut.length).toFixed(3)} % of pairs`,
);
if (wrong > MOST_WRONG * all.length) process.exitCode = 1;

const questions = intents(values.data);
if (questions) console.table(await intentHits(questions, embedder, terms));
