// `npm run bench:quality:injection`: what the rules against prompt injection flag and miss, by family, with Wilson's 95 %
// intervals, and what they cost. Sets of others are read where they lie: `-- --piguard …/datasets/valid.json --tensor-trust
// …/benchmarks --strangers <folder of checkouts>`, see injection/sets.mjs. `--failures` lists what went wrong in what is for tuning, never
// in the rest. `--before <another dist>/features/sanitization/injection` times other rules in turn with these.
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../report.mjs';
import { allSets, ownSets } from './injection/sets.mjs';
import { interval } from './wilson.mjs';

const require = createRequire(import.meta.url);
const { values: options } = parseArgs({
  options: {
    dist: { type: 'string', default: join(import.meta.dirname, '../../dist/features/sanitization/injection') },
    before: { type: 'string' },
    piguard: { type: 'string' },
    'tensor-trust': { type: 'string' },
    strangers: { type: 'string' },
    failures: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '300' },
  },
});
const load = (dist, name) => require(join(dist, `${name}.js`));
const { InjectionRules } = load(options.dist, 'injection-rules');
const { BLOCK_THRESHOLD, isFlagged } = load(options.dist, 'assessment');
const { mintCanary, CanaryWatch } = load(options.dist, 'canary');
const rules = new InjectionRules();

const rate = (hits, n) => (n ? `${((hits / n) * 100).toFixed(1)} % (${interval(hits, n)}), ${hits}/${n}` : '–');
const byFamily = (rows) => [...Map.groupBy(rows, ({ family }) => family)];

function show(title, header, rows) {
  console.log(`\n### ${title}\n\n${table(header, rows)}`);
}

function tell({ title, kind, tune, rows }) {
  const read = rows.map((row) => ({
    ...row,
    trusted: rules.assess(row.text, 'trusted'),
    untrusted: rules.assess(row.text, 'untrusted'),
  }));
  const count = (of, holds) => rate(of.filter(holds).length, of.length);
  const line = ([name, of]) => [
    name,
    count(of, ({ trusted }) => isFlagged(trusted, 'trusted')),
    count(of, ({ untrusted }) => isFlagged(untrusted, 'untrusted')),
    count(of, ({ trusted }) => trusted.score >= BLOCK_THRESHOLD),
  ];
  const families = byFamily(read);
  show(
    `${title}${kind === 'benign' ? ': false alarms' : ''}`,
    [kind === 'benign' ? 'benign texts' : 'family', 'flagged', 'flagged as untrusted', 'score ≥ 0.9'],
    [...families, ...(families.length > 1 ? [['all', read]] : [])].map(line),
  );
  if (options.failures && tune) failures(read, kind === 'attacks');
}

function failures(rows, expected) {
  for (const { family, text, trusted, untrusted } of rows)
    for (const [provenance, { score, rules: matched }] of Object.entries({ untrusted, trusted })) {
      if (isFlagged({ score }, provenance) === expected) continue;
      const found = matched.map(
        ({ id, weight, start, end }) => `${id}=${weight}[${text.slice(start, end).slice(0, 60)}]`,
      );
      console.log(`${family}\t${provenance}\t${score}\t${found.join(' ')}\t${JSON.stringify(text.slice(0, 200))}`);
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

function timed(subject, text) {
  const started = performance.now();
  subject.assess(text, 'untrusted');
  return performance.now() - started;
}

/** Best of three per sample: what else the machine does interrupts one run in three at most. Other rules run in turn with these. */
function timings(texts) {
  const rounds = Number(options.rounds);
  const subjects = [rules, ...(options.before ? [new (load(options.before, 'injection-rules').InjectionRules)()] : [])];
  const line = ([name, text]) => {
    const times = subjects.map(() => []);
    for (let i = 0; i < rounds + 50; i++)
      for (const [at, subject] of subjects.entries()) {
        const best = Math.min(...[0, 1, 2].map(() => timed(subject, text)));
        if (i >= 50) times[at].push(best);
      }
    const quantiles = times.map((of) =>
      [0.5, 0.95, 0.99].map((q) => of.toSorted((a, b) => a - b)[Math.floor(rounds * q)]),
    );
    const [now, before] = quantiles;
    return [
      name,
      ...now.map((ms) => ms.toFixed(3)),
      ...(before ? [...before.map((ms) => ms.toFixed(3)), (now[0] / before[0]).toFixed(2)] : []),
    ];
  };
  const heads = ['text', 'p50', 'p95', 'p99', ...(options.before ? ['before: p50', 'p95', 'p99', 'ratio of p50'] : [])];
  show('Milliseconds for 4,096 characters, best of three', heads, texts.map(line));
}

console.log(`rules ${rules.version}, ${rules.hash.slice(0, 16)}`);
for (const set of allSets(options)) tell(set);
canaries(1_000);
const join4k = (rows) =>
  rows
    .map(({ text }) => text)
    .join('\n')
    .repeat(8)
    .slice(0, 4_096);
const own = ownSets();
const benign = own.filter(({ kind }) => kind === 'benign').flatMap(({ rows }) => rows);
const attacks = own.filter(({ title }) => title.startsWith('Attacks of our own')).flatMap(({ rows }) => rows);
const ordinary = benign.filter(({ family }) => family === 'ordinary');
timings([
  ['ordinary prompts', join4k(ordinary)],
  ['prompts with trigger words', join4k(benign.filter(({ family }) => family === 'with trigger words'))],
  ['documents with trigger words', join4k(benign.filter(({ family }) => family.startsWith('documents')))],
  ['attacks', join4k(attacks)],
  ['Portuguese, with accents', join4k(ordinary.filter(({ text }) => /[ãçõéê]/.test(text)))],
  ['one trigger over and over', 'ignore all the previous '.repeat(200).slice(0, 4_096)],
  ['random base64', randomBytes(3_072).toString('base64')],
]);
