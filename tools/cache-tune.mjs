// What thresholds of the similar cache would do to your own traffic:
//   npm run cache:tune -- --file pairs.jsonl                    lines of {"a": "…", "b": "…", "same": true}: precision and hit rate
//   npm run cache:tune -- --file questions.jsonl [--show 20]    lines of {"question": "…"}, in order: hit rate, and pairs to judge
//   … --embedding http://127.0.0.1:3000/v1 --model embedding --key-env GATEHOUSE_KEY    by a model instead of by letters
// Content is read from the file, sent to the named server alone, and shown only where --show asks for it; nothing is logged.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { curve, isServed, measured } from './cache-tune/curve.mjs';
import { embedderFor, NoVectors } from './cache-tune/embedders.mjs';
import { nearPairs } from './cache-tune/near-pairs.mjs';

const THRESHOLDS = [0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99];
const USAGE =
  'usage: npm run cache:tune -- --file questions.jsonl [--embedding URL --model NAME --key-env NAME] [--show N]';
const values = optionsOf();
if (!values.file) fail(USAGE);

const key = values['key-env'] && process.env[values['key-env']];
const served = values.embedding && { url: values.embedding, model: values.model, key };
const embedder = embedderFor(served);
const lines = linesOf(values.file);
if (!lines.length) fail(`${values.file} has no lines`);
const isLabelled = lines.every(({ a, b, same }) => isText(a) && isText(b) && typeof same === 'boolean');
if (!isLabelled && !lines.every(({ question }) => isText(question)))
  fail('every line needs either "a", "b" and "same", or "question"');

console.log(
  `${lines.length} ${isLabelled ? 'pairs' : 'questions'}, compared by ${served ? `the vectors of ${values.model}` : 'letters (lexical)'}`,
);
try {
  await (isLabelled ? judge() : count());
} catch (error) {
  if (!(error instanceof NoVectors)) throw error;
  fail(error.message, 1);
}

async function judge() {
  const rows = await measured(lines, embedder);
  console.table(curve(rows, THRESHOLDS, !served));
  show(
    rows.filter((row) => !row.same && isServed(row, { threshold: 0.6, oneWordThreshold: served ? 0.9 : 2 })),
    'wrong',
  );
}

async function count() {
  const { rates, pairs } = await nearPairs(lines, embedder, THRESHOLDS, !served);
  console.table(rates);
  show(pairs, 'to judge: is the answer to the one an answer to the other? Add "same" and run again');
}

function optionsOf() {
  try {
    return parseArgs({
      options: {
        file: { type: 'string' },
        embedding: { type: 'string' },
        model: { type: 'string', default: 'embedding' },
        'key-env': { type: 'string' },
        show: { type: 'string', default: '0' },
      },
    }).values;
  } catch (error) {
    return fail(`${error.message}\n${USAGE}`);
  }
}

function linesOf(file) {
  try {
    const text = readFileSync(file, 'utf8');
    return text.split('\n').flatMap((line) => (line.trim() ? [JSON.parse(line)] : []));
  } catch (error) {
    // a parser quotes what it could not read
    return fail(error.code ? `${file}: ${error.code}` : `${file} is not JSON, one value on a line`);
  }
}

function isText(value) {
  return typeof value === 'string' && value.length > 0 && value.length <= 100_000;
}

function fail(reason, code = 2) {
  console.error(reason);
  process.exit(code);
}

function show(pairs, what) {
  const most = Number(values.show);
  const nearest = pairs.toSorted((one, other) => other.similarity - one.similarity);
  if (most > 0) console.log(`${Math.min(most, pairs.length)} of ${pairs.length} pairs ${what}:`);
  for (const { a, b, similarity } of nearest.slice(0, most))
    console.log(JSON.stringify({ a, b, similarity: Number(similarity.toFixed(3)) }));
}
