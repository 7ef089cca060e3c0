import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkEvals } from './check-evals';
import { EvalSettings } from './eval-settings';
import { Models } from './models';
import { ConfigError, Problems } from './problems';
import { readEvals } from './read-evals';

const models = Models.parse({ aliases: { fast: ['sandbox/fast'] } });
const settings = EvalSettings.parse({});
let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'evals-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const CASE = '{ id: a, prompt: Hello?, scorers: [{ type: regex, pattern: "." }] }';

function problemsOf(files: Record<string, string>): readonly string[] {
  const problems = new Problems();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  checkEvals(readEvals(folder, problems), settings, models, new Set(['sandbox', 'openai']), problems);
  try {
    problems.throwIfAny();
    return [];
  } catch (error) {
    return (error as ConfigError).problems.map((problem) => problem.replace(`${folder}/`, ''));
  }
}

it('has nothing to say against the suite that is shipped', () => {
  const problems = new Problems();
  const found = readEvals(resolve('config/evals'), problems);
  expect(() => problems.throwIfAny()).not.toThrow();
  expect(found.map(({ suite }) => suite.name)).toContain('support');
});

it('reads every file of the folder, and nothing where there is none', () => {
  expect(readEvals(join(folder, 'absent'), new Problems())).toEqual([]);
  mkdirSync(join(folder, 'notes'));
  writeFileSync(join(folder, 'a.yaml'), `{ name: a, description: A., models: [fast], cases: [${CASE}] }`);
  writeFileSync(join(folder, 'b.yml'), `{ name: b, description: B., models: [fast], cases: [${CASE}] }`);
  writeFileSync(join(folder, 'notes.txt'), 'no suite');
  expect(readEvals(folder, new Problems()).map(({ suite }) => suite.name)).toEqual(['a', 'b']);
});

it.each([
  [
    'an unknown field',
    `{ name: a, description: A., models: [fast], color: red, cases: [${CASE}] }`,
    'a.yaml (top level): Unrecognized key: "color"',
  ],
  ['no cases', '{ name: a, description: A., models: [fast], cases: [] }', 'a.yaml cases: '],
  [
    'a case asked twice over',
    '{ name: a, description: A., models: [fast], cases: [{ id: a, prompt: x, messages: [{ role: user, content: x }], scorers: [{ type: exact, value: x }] }] }',
    'a.yaml cases[0]: needs a prompt or messages',
  ],
  [
    'ids that are the same',
    `{ name: a, description: A., models: [fast], cases: [${CASE}, ${CASE}] }`,
    'a.yaml cases[1].id: a is taken',
  ],
  [
    'a case without a scorer',
    '{ name: a, description: A., models: [fast], cases: [{ id: a, prompt: x }] }',
    'a.yaml cases[0]: has no scorers',
  ],
  [
    'nothing to compare with',
    '{ name: a, description: A., models: [fast], scorers: [{ type: exact }], cases: [{ id: a, prompt: x }] }',
    'a.yaml cases[0].expect: is missing',
  ],
  [
    'a pattern that is none',
    '{ name: a, description: A., models: [fast], cases: [{ id: a, prompt: x, scorers: [{ type: regex, pattern: "(?<=a)b" }] }] }',
    'a.yaml cases[0].scorers[0].pattern: is no regular expression',
  ],
  [
    'a pattern that is too large',
    '{ name: a, description: A., models: [fast], cases: [{ id: a, prompt: x, scorers: [{ type: regex, pattern: "((a{100}){100}){100}" }] }] }',
    'a.yaml cases[0].scorers[0].pattern: ',
  ],
  [
    'an alias that is not there',
    `{ name: a, description: A., models: [quick], cases: [${CASE}] }`,
    'a.yaml models[0]: the alias quick is not in models.yaml',
  ],
  [
    'a judge at a provider that is not there',
    '{ name: a, description: A., models: [fast], cases: [{ id: a, prompt: x, scorers: [{ type: judge, rubric: Good?, model: nowhere/x }] }] }',
    'a.yaml cases[0].scorers[0].model: provider nowhere',
  ],
  [
    'a misspelt scorer',
    '{ name: a, description: A., models: [fast], cases: [{ id: a, prompt: x, scorers: [{ type: exakt }] }] }',
    'a.yaml cases[0].scorers[0].type: ',
  ],
])('names %s, with file and place', (_, text, problem) => {
  expect(problemsOf({ 'a.yaml': text }).join('\n')).toContain(problem);
});

it('asks for every case to pass where it names no thresholds', () => {
  writeFileSync(join(folder, 'a.yaml'), `{ name: a, description: A., cases: [${CASE}] }`);
  expect(readEvals(folder, new Problems())[0]?.suite.thresholds).toEqual({ minPassRate: 1, maxErrors: 0 });
});

it('names two suites of one name', () => {
  const suite = `{ name: a, description: A., models: [fast], cases: [${CASE}] }`;
  expect(problemsOf({ 'one.yaml': suite, 'two.yaml': suite }).join()).toContain('two.yaml name: a is the name of');
});
