// `npm run bench:quality:classifier`: what a classifier sees beside the rules, asked as the gateway asks it. It starts
// classifier-server.py with `--python …/bin/python` (its first lines say what to install), or asks the server at `--url`. Sets of others as for
// bench:quality:injection; a set's `--most` rows are read, drawn evenly.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { table } from '../../report.mjs';
import { interval } from '../wilson.mjs';
import { allSets } from './sets.mjs';

const require = createRequire(import.meta.url);
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: '/tmp/classifier/bin/python' },
    url: { type: 'string' },
    piguard: { type: 'string' },
    'tensor-trust': { type: 'string' },
    strangers: { type: 'string' },
    most: { type: 'string', default: '400' },
  },
});
const load = (name) =>
  require(join(import.meta.dirname, '../../../dist/features/sanitization/injection', `${name}.js`));
const { InjectionRules } = load('injection-rules');
const { FLAG_THRESHOLD } = load('assessment');
const { windowsOf } = load('detector');
const { HttpInjectionDetector } = load('http-injection-detector');

const PORT = 8_099;
const UNHURRIED_MS = 30_000;
/** Of ordinary texts, what may be flagged. */
const TOLERATED = 0.01;

async function served() {
  if (options.url) return { url: options.url, stop: () => undefined };
  const server = spawn(options.python, [join(import.meta.dirname, 'classifier-server.py'), String(PORT)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.race([once(server.stdout, 'data'), once(server, 'exit')]);
  if (server.exitCode !== null || !said) throw new Error(`${options.python} did not start the classifier`);
  return { url: `http://127.0.0.1:${PORT}/predict`, stop: () => server.kill() };
}

const drawn = (rows, most) => rows.filter((_, i) => i % Math.ceil(rows.length / most) === 0);
const rate = (hits, n) => `${((hits / n) * 100).toFixed(1)} % (${interval(hits, n)}), ${hits}/${n}`;
const quantile = (values, q) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))];

const { url, stop } = await served();
const detector = new HttpInjectionDetector({ name: 'measured', url, budgetMs: UNHURRIED_MS });
try {
  const rules = new InjectionRules();
  const never = new AbortController().signal;
  const times = [];
  const read = async ({ text }) => {
    const { windows } = windowsOf([text]);
    const started = performance.now();
    const { score } = await detector.classify(windows, never);
    times.push({ windows: windows.length, ms: performance.now() - started });
    const rule = rules.assess(text, 'untrusted').score;
    return { classifier: score, rules: rule };
  };
  const sets = [];
  for (const set of allSets(options)) {
    const scores = [];
    for (const row of drawn(set.rows, Number(options.most))) scores.push(await read(row));
    sets.push({ ...set, scores });
  }
  const benign = sets.filter(({ kind, tune }) => kind === 'benign' && tune).flatMap(({ scores }) => scores);
  const strict = quantile(
    benign.map(({ classifier }) => classifier),
    1 - TOLERATED,
  );
  const views = {
    rules: ({ rules: score }) => score >= FLAG_THRESHOLD.untrusted,
    'classifier ≥ 0.5': ({ classifier }) => classifier >= 0.5,
    'either, ≥ 0.5': ({ classifier, rules: score }) => classifier >= 0.5 || score >= FLAG_THRESHOLD.untrusted,
    [`classifier ≥ ${strict.toFixed(4)}`]: ({ classifier }) => classifier >= strict,
    [`either, ≥ ${strict.toFixed(4)}`]: ({ classifier, rules: score }) =>
      classifier >= strict || score >= FLAG_THRESHOLD.untrusted,
  };
  const heads = ['set', ...Object.keys(views)];
  for (const kind of ['attacks', 'benign']) {
    const of = sets.filter((set) => set.kind === kind && set.scores.length);
    const line = (title, scores) => [
      title,
      ...Object.values(views).map((sees) => rate(scores.filter(sees).length, scores.length)),
    ];
    console.log(
      `\n### ${kind === 'attacks' ? 'Attacks' : 'False alarms'}, flagged as untrusted\n\n${table(
        heads,
        of.map(({ title, scores }) => line(title, scores)),
      )}`,
    );
  }
  console.log(`${strict.toFixed(4)}: what ${TOLERATED * 100} % of the benign texts for tuning reach.\n`);
  const lines = [...Map.groupBy(times, ({ windows }) => windows)].toSorted(([a], [b]) => a - b);
  const ms = (of, q) =>
    quantile(
      of.map((one) => one.ms),
      q,
    ).toFixed(1);
  console.log(
    table(
      ['windows of 1,600 characters', 'texts', 'ms p50', 'p95'],
      lines.map(([windows, of]) => [windows, of.length, ms(of, 0.5), ms(of, 0.95)]),
    ),
  );
} finally {
  await detector.close();
  stop();
}
