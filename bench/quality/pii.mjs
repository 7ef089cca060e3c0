// `npm run bench:quality:pii`: precision and recall of the personal-data detectors on generated text, false positives on code and
// logs, and what a scan costs. `-- --half tune` shows the half the rules were written with; `--misses 20` shows mistakes;
// `--presidio synth_dataset_v2.json` also judges the published set of presidio-research.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chance } from '../drill/random.mjs';
import { generate } from './pii/generate.mjs';
import { lookalike, makeLog } from './pii/negatives.mjs';
import { HEAD, row, Score } from './pii/score.mjs';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    half: { type: 'string', default: 'held-out' },
    'per-form': { type: 'string', default: '150' },
    misses: { type: 'string', default: '0' },
    presidio: { type: 'string' },
    build: { type: 'string', default: resolve(import.meta.dirname, '../../dist') },
  },
});
const root = resolve(import.meta.dirname, '../..');
const { ACTION_THRESHOLD, Scanner } = createRequire(import.meta.url)(
  join(options.build, 'features/sanitization/scan.js'),
);
const say = (line) => process.stdout.write(`${line}\n`);
const scanner = new Scanner();
const acted = (text) => scanner.scan(text).filter(({ confidence }) => confidence >= ACTION_THRESHOLD);

function judgeGenerated() {
  const perEntity = new Score();
  const perForm = new Score();
  const samples = generate(options.seed, options.half, Number(options['per-form']));
  let shown = Number(options.misses);
  for (const { text, spans, language, form, entity } of samples) {
    const findings = acted(text);
    const note = (what, one) => {
      if (shown-- > 0)
        say(
          `${what} ${one.entity} ${form}: ${JSON.stringify(text)} -> ${JSON.stringify(text.slice(one.start, one.end))}`,
        );
    };
    perEntity.add(spans, findings, (kind) => [kind, `${kind} ${language}`], note);
    perForm.add(
      spans.filter((span) => span.entity === entity),
      findings.filter((one) => one.entity === entity),
      (kind) => [`${kind} ${form}`],
    );
  }
  const what = `${options.half}, seed ${options.seed}, ${samples.length} texts`;
  const show = (title, score) => {
    say(`\n### ${title} (${what})\n\n${HEAD}`);
    for (const [key, counts] of [...score.counts].sort(([a], [b]) => (a < b ? -1 : 1))) say(row(key, counts));
  };
  show('Entity and language', perEntity);
  show('Entity and form', perForm);
}

function* sourceFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) yield* sourceFiles(join(folder, entry.name));
    else if (entry.name.endsWith('.ts')) yield join(folder, entry.name);
}

function judgeQuietText() {
  const draw = chance(options.seed, 'quiet');
  const code = [...sourceFiles(join(root, 'src'))].filter((file) => !file.includes('sanitization'));
  const corpora = {
    'code (src without tests)': code
      .filter((file) => !file.endsWith('spec.ts'))
      .map((file) => readFileSync(file, 'utf8')),
    'code (tests of src; their sample addresses count)': code
      .filter((file) => file.endsWith('spec.ts'))
      .map((file) => readFileSync(file, 'utf8')),
    'generated logs': Array.from({ length: 250 }, () => makeLog(draw, 4_096)),
    'lookalikes, one a line': [Array.from({ length: 20_000 }, () => lookalike(draw)).join('\n')],
  };
  say('\n### Findings where there should be none\n\n| text | kB | findings | for 100 kB |\n|---|---|---|---|');
  for (const [name, texts] of Object.entries(corpora)) {
    const kinds = {};
    let size = 0;
    for (const text of texts) {
      size += text.length;
      for (const { entity } of acted(text)) kinds[entity] = (kinds[entity] ?? 0) + 1;
    }
    const total = Object.values(kinds).reduce((sum, count) => sum + count, 0);
    const which = Object.entries(kinds)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ');
    say(
      `| ${name} | ${Math.round(size / 1000)} | ${total}${which && ` (${which})`} | ${((total / size) * 100_000).toFixed(2)} |`,
    );
  }
}

const PRESIDIO = {
  PHONE_NUMBER: 'PHONE',
  CREDIT_CARD: 'CREDIT_CARD',
  EMAIL_ADDRESS: 'EMAIL',
  US_SSN: 'US_SSN',
  IBAN_CODE: 'IBAN',
  IP_ADDRESS: 'IP_ADDRESS',
};
function judgePresidio(file) {
  const score = new Score();
  let shown = Number(options.misses);
  for (const { full_text: text, spans } of JSON.parse(readFileSync(file, 'utf8'))) {
    const wanted = spans
      .filter((span) => PRESIDIO[span.entity_type])
      .map((span) => ({ entity: PRESIDIO[span.entity_type], start: span.start_position, end: span.end_position }));
    const known = new Set(Object.values(PRESIDIO));
    score.add(
      wanted,
      acted(text).filter(({ entity }) => known.has(entity)),
      (kind) => [kind],
      (what, one) => {
        if (shown-- > 0)
          say(
            `${what} ${one.entity}: ${JSON.stringify(text.slice(Math.max(0, one.start - 40), one.end + 12))} -> ${JSON.stringify(text.slice(one.start, one.end))}`,
          );
      },
    );
  }
  say(`\n### presidio-research, synthetic set\n\n${HEAD}`);
  for (const [key, counts] of [...score.counts].sort()) say(row(key, counts));
}

const quantile = (values, q) => values.sort((a, b) => a - b)[Math.floor(values.length * q)];
async function time() {
  const draw = chance(options.seed, 'time');
  const sentences = generate(options.seed, options.half, 4).map(({ text }) => text);
  const filler =
    'O relatório do mês foi enviado à equipe e ninguém pediu mudanças até agora. The meeting moved to the large room. ';
  const texts = {
    'prose, one identifier for 400 characters': Array.from({ length: 60 }, () =>
      Array.from({ length: 12 }, () => filler.repeat(3) + sentences[Math.floor(draw() * sentences.length)]).join('\n'),
    ),
    'nothing but identifiers': Array.from({ length: 60 }, () =>
      Array.from({ length: 120 }, () => sentences[Math.floor(draw() * sentences.length)]).join('\n'),
    ),
    'prose without any': Array.from({ length: 60 }, () => filler.repeat(40)),
    logs: Array.from({ length: 60 }, () => makeLog(draw, 4_096)),
  };
  say(
    '\n### Time\n\n| text | 4 kB, p50 | 4 kB, p95 | 1 MB, p50 | 1 MB, p95 | longest slice |\n|---|---|---|---|---|---|',
  );
  for (const [name, list] of Object.entries(texts)) {
    const short = [];
    for (let round = 0; round < 12; round++)
      for (const text of list) {
        const begin = performance.now();
        scanner.scan(text.slice(0, 4_096));
        if (round > 1) short.push(performance.now() - begin);
      }
    const long = [];
    let longest = 0;
    const megabyte = list.join('\n').repeat(8).slice(0, 1_048_576).padEnd(1_048_576, list[0]);
    for (let round = 0; round < 6; round++) {
      let last = performance.now();
      const begin = last;
      const clock = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        return (last = now);
      };
      const pause = async () => {
        await new Promise((done) => setImmediate(done));
        last = performance.now();
      };
      await scanner.scanLong(megabyte, '', { clock, pause, budgetMs: 60_000 });
      long.push(performance.now() - begin);
    }
    const cells = [quantile(short, 0.5), quantile(short, 0.95), quantile(long, 0.5), quantile(long, 0.95), longest];
    say(`| ${name} | ${cells.map((ms) => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`).join(' | ')} |`);
  }
}

judgeGenerated();
judgeQuietText();
if (options.presidio) judgePresidio(options.presidio);
await time();
