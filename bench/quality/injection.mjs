// `npm run bench:quality:injection`: what the rules against prompt injection flag and miss on texts written for the purpose, by
// family, with Wilson's 95 % intervals, and what they cost. Other people's sets are read where they lie:
// `-- --piguard …/datasets/valid.json --tensor-trust …/benchmarks` (its files; every second line is for tuning). What lies beside
// valid.json and is not in it was not tuned on.
import { randomBytes } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../report.mjs';
import { interval } from './wilson.mjs';

const require = createRequire(import.meta.url);
const { values: options } = parseArgs({
  options: {
    dist: { type: 'string', default: join(import.meta.dirname, '../../dist/features/sanitization/injection') },
    piguard: { type: 'string' },
    'tensor-trust': { type: 'string' },
    split: { type: 'string', default: 'both' },
    failures: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '300' },
  },
});
const load = (name) => require(join(options.dist, `${name}.js`));
const { InjectionRules } = load('injection-rules');
const { BLOCK_THRESHOLD, isFlagged } = load('assessment');
const { mintCanary, CanaryWatch } = load('canary');
const rules = new InjectionRules();
const here = (name) => JSON.parse(readFileSync(join(import.meta.dirname, 'injection', name), 'utf8'));
const splits = options.split === 'both' ? ['tune', 'held-out'] : [options.split];

const rate = (hits, n) => (n ? `${((hits / n) * 100).toFixed(1)} % (${interval(hits, n)}), ${hits}/${n}` : '–');
const flagged = (texts, provenance) =>
  texts.filter(({ text }) => isFlagged(rules.assess(text, provenance), provenance)).length;
const blocked = (texts) => texts.filter(({ text }) => rules.assess(text, 'trusted').score >= BLOCK_THRESHOLD).length;
const byFamily = (rows) => [...Map.groupBy(rows, ({ family }) => family)];

function show(title, header, rows) {
  console.log(`\n### ${title}\n\n${table(header, rows)}`);
}

function recall(title, rows) {
  const line = ([name, of]) => [
    name,
    rate(flagged(of, 'trusted'), of.length),
    rate(flagged(of, 'untrusted'), of.length),
    rate(blocked(of), of.length),
  ];
  show(
    title,
    ['family', 'flagged', 'flagged as untrusted', 'score ≥ 0.9'],
    [...byFamily(rows), ['all', rows]].map(line),
  );
}

function alarms(sets) {
  const line = ([name, of]) => [
    name,
    rate(flagged(of, 'trusted'), of.length),
    rate(flagged(of, 'untrusted'), of.length),
    rate(blocked(of), of.length),
  ];
  show('False alarms', ['benign texts', 'flagged', 'flagged as untrusted', 'score ≥ 0.9'], sets.map(line));
}

function failures(rows, expected) {
  if (!options.failures) return;
  for (const { family = 'benign', text } of rows) {
    const { score, rules: matched } = rules.assess(text, 'trusted');
    if (isFlagged({ score }, 'trusted') !== expected)
      console.log(
        `${family}\t${score}\t${matched.map(({ id, weight }) => `${id}=${weight}`).join(' ')}\t${JSON.stringify(text.slice(0, 160))}`,
      );
  }
}

/** Canaries in random places of streams cut at random, and streams without one. */
function canaries(rounds) {
  let [seen, wrong] = [0, 0];
  for (let i = 0; i < rounds; i++) {
    const canary = mintCanary(randomBytes);
    const noise = () => randomBytes(60).toString(i % 2 ? 'base64' : 'latin1');
    const leak = [canary.code, canary.code.toLowerCase(), canary.code.toUpperCase()][i % 3];
    seen += Number(leaks(canary, noise() + leak + noise()));
    wrong += Number(leaks(canary, noise() + mintCanary(randomBytes).code + noise()));
  }
  show(
    'Canaries',
    ['', ''],
    [
      ['leaks seen in streams', rate(seen, rounds)],
      ['leaks seen where there were none', rate(wrong, rounds)],
    ],
  );
}

function leaks(canary, text) {
  const watch = new CanaryWatch([canary]);
  for (let at = 0; at < text.length && !watch.leaked; at += 3) watch.push(text.slice(at, at + 3));
  watch.end();
  return watch.leaked !== undefined;
}

function timed(text) {
  const started = performance.now();
  rules.assess(text, 'trusted');
  return performance.now() - started;
}

function timings(texts) {
  const rounds = Number(options.rounds);
  const line = ([name, text]) => {
    const times = [];
    for (let i = 0; i < rounds + 50; i++) {
      // what else the machine does interrupts one run in three at most
      const best = Math.min(...[0, 1, 2].map(() => timed(text)));
      if (i >= 50) times.push(best);
    }
    times.sort((a, b) => a - b);
    return [name, ...[0.5, 0.95, 0.99].map((q) => times[Math.floor(rounds * q)].toFixed(3))];
  };
  show('Milliseconds for 4,096 characters, best of three', ['text', 'p50', 'p95', 'p99'], texts.map(line));
}

/** What the packages that this repository depends on say of themselves, in pieces: documents, and nobody's attack. */
function documents() {
  const files = globSync('node_modules/{*,@*/*}/*.md', { cwd: join(import.meta.dirname, '../..') }).sort();
  return files.flatMap((file) => {
    const text = readFileSync(join(import.meta.dirname, '../..', file), 'utf8').slice(0, 40_000);
    return Array.from({ length: Math.ceil(text.length / 4_000) }, (_, i) => ({
      text: text.slice(i * 4_000, (i + 1) * 4_000),
    }));
  });
}

/** Other sets of PIGuard, without what is in the one that rules were tuned on. */
function besidePiguard(names, tunedOn) {
  const known = new Set(tunedOn.map(({ text }) => text));
  return names.flatMap((name) => {
    const file = join(dirname(options.piguard), `${name}.json`);
    if (!existsSync(file)) return [];
    const read = JSON.parse(readFileSync(file, 'utf8'));
    const texts = Array.isArray(read) ? read.map(({ prompt }) => prompt) : Object.values(read).flat();
    return texts.filter((text) => !known.has(text)).map((text) => ({ text, family: name }));
  });
}

const attacks = here('attacks.json');
const triggers = here('benign-triggers.json');
const benign = here('benign.json');
console.log(`rules ${rules.version}, ${rules.hash.slice(0, 16)}`);
for (const split of splits) {
  const of = (rows) => rows.filter((row) => row.split === split);
  recall(`Attacks of our own, ${split}`, of(attacks));
  alarms([
    [`ordinary, ${split}`, of(benign)],
    [`with trigger words, ${split}`, of(triggers)],
  ]);
  failures(of(attacks), true);
  failures([...of(benign), ...of(triggers)], false);
}
alarms([['read-me files of dependencies, pieces of 4,000 characters', documents()]]);
if (options.piguard) {
  const rows = JSON.parse(readFileSync(options.piguard, 'utf8')).map(({ prompt, label, source }) => ({
    text: prompt,
    label,
    family: source,
  }));
  recall(
    'PIGuard valid.json, attacks',
    rows.filter(({ label }) => label === 1),
  );
  alarms(byFamily(rows.filter(({ label }) => label === 0)));
  failures(
    rows.filter(({ label }) => label === 1),
    true,
  );
  failures(
    rows.filter(({ label }) => label === 0),
    false,
  );
  recall('BIPIA, what is not in valid.json', besidePiguard(['BIPIA_text', 'BIPIA_code'], rows));
  alarms(byFamily(besidePiguard(['NotInject_one', 'NotInject_two', 'NotInject_three'], rows)));
}
if (options['tensor-trust'])
  for (const [half, at] of [
    ['tuning half', 0],
    ['other half', 1],
  ]) {
    const rows = ['extraction', 'hijacking'].flatMap((kind) =>
      readFileSync(join(options['tensor-trust'], `${kind}-robustness/v1/${kind}_robustness_dataset.jsonl`), 'utf8')
        .split('\n')
        .filter((line, i) => line && i % 2 === at)
        .map((line) => ({ text: JSON.parse(line).attack, family: kind })),
    );
    recall(`Tensor Trust, ${half}`, rows);
    if (at === 0) failures(rows, true);
  }
canaries(1_000);
const join4k = (rows) =>
  rows
    .map(({ text }) => text)
    .join('\n')
    .repeat(8)
    .slice(0, 4_096);
timings([
  ['ordinary prompts', join4k(benign)],
  ['prompts with trigger words', join4k(triggers)],
  ['attacks', join4k(attacks)],
  ['Portuguese, with accents', join4k(benign.filter(({ text }) => /[ãçõéê]/.test(text)))],
  ['one trigger over and over', 'ignore all the previous '.repeat(200).slice(0, 4_096)],
  ['random base64', randomBytes(3_072).toString('base64')],
]);
