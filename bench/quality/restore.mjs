// Tokens put back into streams that are cut anywhere, against the whole text: `npm run bench:quality:restore [-- --rounds 100000 --seed 1]`.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../../test/support/hostile/random.ts';
import { RESTORED_DIALECTS, restoreRounds } from '../../test/support/restore-rounds.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '100000' }, seed: { type: 'string', default: '20261128' } },
});
const require = createRequire(join(resolve(import.meta.dirname, '../..'), 'dist/'));
const sanitization = (name) => require(`./features/sanitization/${name}.js`);
const parts = {
  ...require('./dialects/codecs.js'),
  ...require('./dialects/sse.js'),
  ...sanitization('tokens/vault'),
  ...sanitization('restore/restored-pieces'),
  ...sanitization('restore/stream-restorer'),
};

const round = restoreRounds(parts, new Random(Number(values.seed)));
for (const dialect of RESTORED_DIALECTS) {
  let mismatches = 0;
  const started = performance.now();
  for (let i = 0; i < Number(values.rounds); i++) {
    const found = await round(dialect);
    if (found && ++mismatches <= 3) console.error(dialect, JSON.stringify(found));
  }
  const seconds = (performance.now() - started) / 1_000;
  console.log(`${dialect.padEnd(20)} ${values.rounds} streams, ${mismatches} mismatches, ${seconds.toFixed(0)} s`);
  if (mismatches) process.exitCode = 1;
}

// what it costs, and what a caller waits for: answers of 200 deltas, with tokens cut anywhere
const { StreamRestorer, TokenVault } = parts;
const vault = new TokenVault(Buffer.alloc(32));
const token = vault.mint('BR_CPF', '529.982.247-25');
const random = new Random(Number(values.seed));
const answer = Array.from({ length: 60 }, (_, i) => (i % 6 === 5 ? token : 'word and [x] ')).join(' ');
const cut = (text) => {
  const deltas = [];
  for (let at = 0; at < text.length; at += deltas.at(-1).length) deltas.push(text.slice(at, at + 1 + random.below(8)));
  return deltas;
};

let mostHeld = 0;
let latest = 0;
for (let i = 0; i < 5_000; i++) {
  const restorer = new StreamRestorer(vault);
  const deltas = cut(i % 2 ? answer : `${token} ${answer}`);
  let pushed = 0;
  let first = -1;
  for (const [index, delta] of deltas.entries()) {
    pushed += delta.length;
    if (restorer.push(delta) && first < 0) first = index;
    mostHeld = Math.max(mostHeld, restorer.held.length);
  }
  latest = Math.max(latest, first);
}
console.log(
  `held back at most ${mostHeld} characters; first text after ${latest + 1} deltas of up to 8 characters at most`,
);

const identity = { push: (text) => text, end: () => '' };
function perDelta(restorerOf) {
  const answers = Array.from({ length: 50 }, () => cut(answer));
  const deltas = answers.reduce((sum, list) => sum + list.length, 0);
  let best = Infinity;
  let sink = 0;
  for (let round = 0; round < 60; round++) {
    const started = performance.now();
    for (const list of answers) {
      const restorer = restorerOf();
      for (const delta of list) sink += restorer.push(delta).length;
      sink += restorer.end().length;
    }
    best = Math.min(best, ((performance.now() - started) * 1_000) / deltas);
  }
  return sink && best;
}
const without = perDelta(() => identity);
const with_ = perDelta(() => new StreamRestorer(vault));
console.log(`${with_.toFixed(2)} µs for each delta, ${without.toFixed(2)} µs without`);
