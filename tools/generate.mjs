// `npm run generate`: files that follow from the code. With --check, says which are stale and writes nothing.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { format } from 'prettier';
import { z } from 'zod';
import { DASHBOARDS } from './dashboards/index.mjs';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
execFileSync(process.execPath, [join(root, 'tools/build.cjs'), '--if-needed'], { stdio: 'inherit' });
const { Settings } = require(join(root, 'dist/platform/config/settings.js'));
const { Models } = require(join(root, 'dist/platform/config/models.js'));
const { Policies } = require(join(root, 'dist/platform/config/policies.js'));
const { Guards } = require(join(root, 'dist/platform/config/guards.js'));
const { Prices } = require(join(root, 'dist/platform/config/prices.js'));
const { Analyses } = require(join(root, 'dist/platform/config/analyses.js'));
const { EvalSuite } = require(join(root, 'dist/platform/config/evals.js'));
const { DeploySettings } = require(join(root, 'dist/platform/config/deploy-settings.js'));
const { Flags } = require(join(root, 'dist/platform/config/flags.js'));
const { Incidents } = require(join(root, 'dist/platform/config/incidents.js'));
require('reflect-metadata');
const { CONTROLS } = require(join(root, 'dist/api/status/controls.js'));
const { DEPENDENCIES } = require(join(root, 'dist/contract/control.js'));

const schemaOf = (type, title) => ({ title, ...z.toJSONSchema(type, { io: 'input', target: 'draft-07' }) });
const settings = schemaOf(Settings, 'Gatehouse settings (config/gatehouse.yaml)');
const policies = schemaOf(Policies, 'Gatehouse policies (config/policies.yaml)');
const guards = schemaOf(Guards, 'Gatehouse guards (config/guards.yaml)');
const prices = schemaOf(Prices, 'Gatehouse prices (config/prices.yaml)');
const models = schemaOf(Models, 'Gatehouse models (config/models.yaml)');
const analyses = schemaOf(Analyses, 'Gatehouse analyses (config/analyses.yaml)');
const evals = schemaOf(EvalSuite, 'Gatehouse evals (config/evals/*.yaml)');
const deploy = schemaOf(DeploySettings, 'Gatehouse deploys (config/deploy.yaml)');
const flags = schemaOf(Flags, 'Gatehouse flags (config/flags.yaml)');
const incidents = schemaOf(Incidents, 'Gatehouse incidents (config/incidents.yaml)');

const files = {
  'config/schema/analyses.schema.json': JSON.stringify(analyses),
  'config/schema/evals.schema.json': JSON.stringify(evals),
  'config/schema/deploy.schema.json': JSON.stringify(deploy),
  'config/schema/flags.schema.json': JSON.stringify(flags),
  'config/schema/gatehouse.schema.json': JSON.stringify(settings),
  'config/schema/guards.schema.json': JSON.stringify(guards),
  'config/schema/incidents.schema.json': JSON.stringify(incidents),
  'config/schema/models.schema.json': JSON.stringify(models),
  'config/schema/policies.schema.json': JSON.stringify(policies),
  'config/schema/prices.schema.json': JSON.stringify(prices),
  'docs/settings.md': settingsPage(),
  ...Object.fromEntries(
    Object.entries(DASHBOARDS).map(([name, content]) => [
      `config/observability/grafana/dashboards/${name}.json`,
      JSON.stringify(content),
    ]),
  ),
};

function settingsPage() {
  return `# Settings

Every field of \`config/gatehouse.yaml\`, generated from its schema. All are optional; an unknown field or a value that makes no
sense stops the start and is named. Environment variables are in [operations.md](operations.md).

| field | default | meaning |
| --- | --- | --- |
${rows(settings, '').join('\n')}

## A provider

\`providers.<name>\` declares a provider or changes one of the built-in names (\`anthropic\`, \`openai\`, \`local\`, \`sandbox\`).

| field | default | meaning |
| --- | --- | --- |
${providerRows().join('\n')}

## Policies

\`config/policies.yaml\` says what protects calls: \`defaults\` for everything, then \`providers.<name>\`, \`models.<provider/model>\` and
\`tenants.<name, id or "*">\`, each stronger than the one before, field by field. [resilience.md](resilience.md) explains them;
\`GET /v1/policies/effective\` shows what really holds.

| field of \`defaults\` | default | meaning |
| --- | --- | --- |
${rows(policies.properties.defaults, '').join('\n')}

| field of \`templates[]\` | default | meaning |
| --- | --- | --- |
${rows(policies.properties.templates.items, '').join('\n')}

\`selection\` chooses the model and shortens prompts; [selection.md](selection.md) explains it.

| field of \`selection\` | default | meaning |
| --- | --- | --- |
${rows(policies.properties.selection, '').join('\n')}

| field of \`selection.tasks[]\` | default | meaning |
| --- | --- | --- |
${rows(policies.properties.selection.properties.tasks.items, '').join('\n')}

## Guards

\`config/guards.yaml\` says what is done about personal data, secrets and hostile text: \`defaults\`, then \`tenants.<name, id or "*">\`, then what an
administrator set with \`PUT /v1/policies/guards\`, each stronger than the one before, field by field. [sanitization.md](sanitization.md) explains them.

| field of \`defaults\` | default | meaning |
| --- | --- | --- |
${rows(guards.properties.defaults, '').join('\n')}

## Deploys

\`config/deploy.yaml\` is read by \`npm run deploy\` alone; [deploys.md](deploys.md) explains it.

| field | default | meaning |
| --- | --- | --- |
${rows(deploy, '').join('\n')}
`;
}

/** A page of which only what stands between two marks is generated. */
async function between(name, mark, content) {
  const page = readFileSync(join(root, name), 'utf8');
  const [begin, end] = [`<!-- ${mark}: npm run generate -->`, `<!-- end of ${mark} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${name} lacks ${begin} … ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${await formatted(name, content)}\n${page.slice(to)}`;
}

function failureMatrix() {
  const titles = { postgresql: 'PostgreSQL', redis: 'Redis', disk: 'disk', dns: 'DNS', provider: 'a provider' };
  const phrases = { ...titles, disk: 'room on the disk' };
  const words = (name) => name.replaceAll('_', ' ');
  const cell = ({ behaviour }) => (behaviour === 'unaffected' ? '–' : `**${behaviour}**`);
  const table = CONTROLS.map(
    ({ name, without }) =>
      `| ${words(name)} | ${DEPENDENCIES.map((dependency) => cell(without[dependency])).join(' | ')} |`,
  );
  const sentences = CONTROLS.flatMap(({ name, purpose, absent, without }) => {
    const does = Map.groupBy(
      DEPENDENCIES.filter((dependency) => without[dependency].behaviour !== 'unaffected'),
      (dependency) => `${without[dependency].behaviour}. ${without[dependency].does}`,
    );
    const said = [...does].map(([text, of]) => `Without ${of.map((name) => phrases[name]).join(' or ')}: ${text}`);
    return `- **${words(name)}** – ${[purpose, absent, ...said].filter(Boolean).join(' ')}`;
  });
  return `| control | ${DEPENDENCIES.map((name) => titles[name]).join(' | ')} |
| --- | ${DEPENDENCIES.map(() => '---').join(' | ')} |
${table.join('\n')}

${sentences.join('\n')}`;
}

function rows(schema, path) {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const at = path ? `${path}.${name}` : name;
    if (at === 'providers') return [];
    return field.properties ? rows(field, at) : [row(at, field)];
  });
}

function providerRows() {
  const found = new Map();
  for (const variant of settings.properties.providers.additionalProperties.oneOf)
    for (const [name, field] of Object.entries(variant.properties))
      if (name !== 'type' && !found.has(name)) found.set(name, field);
  return [
    row('type', { description: '`anthropic`, `openai`, `local` or `sandbox`.' }),
    ...[...found].map(([n, f]) => row(n, f)),
  ];
}

function row(name, { default: value, description = '' }) {
  return `| \`${name}\` | ${value === undefined ? '–' : `\`${JSON.stringify(value)}\``} | ${description.replaceAll('|', '\\|')} |`;
}

function formatted(name, content) {
  const style = JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8'));
  return format(content, { filepath: join(root, name), ...style });
}

let stale = 0;
const texts = await Promise.all(
  Object.entries(files).map(async ([name, content]) => [name, await formatted(name, content)]),
);
texts.push(['docs/operations.md', await between('docs/operations.md', 'failure matrix', failureMatrix())]);
for (const [name, text] of texts) {
  const path = join(root, name);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  stale++;
  if (process.argv.includes('--check')) process.stderr.write(`${name} is not current: npm run generate\n`);
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    process.stdout.write(`${name} written\n`);
  }
}
if (stale && process.argv.includes('--check')) process.exit(1);
