import { linearPattern } from '../validation/linear-pattern';
import { patternSize } from '../validation/pattern-size';
import type { Scorer } from './evals';
import type { Models } from './models';
import type { Problems } from './problems';
import type { SuiteFile } from './read-evals';
import type { Settings } from './settings';

/** Instructions of one pattern: what a character of an answer costs at most. */
const INSTRUCTIONS = 10_000;

/** Notes models that lead nowhere, and patterns that are none. */
export function checkEvals(
  files: readonly SuiteFile[],
  settings: Settings['evals'],
  models: Models,
  known: ReadonlySet<string>,
  problems: Problems,
): void {
  const check = (where: string, model: string | undefined): void => {
    const problem = model === undefined ? undefined : modelProblem(model, models, known);
    if (problem) problems.add(where, problem);
  };
  // the alias that is there by default need not exist
  if (settings.judge !== 'best') check('evals.judge', settings.judge);
  check('evals.embedding', settings.embedding);
  for (const { file, suite } of files) {
    for (const [i, model] of suite.models.entries()) check(`${file} models[${i}]`, model);
    const scorers: [string, Scorer][] = [
      ...named('scorers', suite.scorers),
      ...suite.cases.flatMap(({ scorers: own }, i) => named(`cases[${i}].scorers`, own)),
    ];
    for (const [path, scorer] of scorers) {
      if (scorer.type === 'judge' || scorer.type === 'similarity') check(`${file} ${path}.model`, scorer.model);
      if (scorer.type === 'regex' && !isPattern(scorer.pattern))
        problems.add(`${file} ${path}.pattern`, 'is no regular expression of RE2, or too complex a one');
    }
  }
}

function modelProblem(model: string, { aliases }: Models, known: ReadonlySet<string>): string | undefined {
  if (Object.hasOwn(aliases, model)) return undefined;
  const [provider = '', ...rest] = model.split('/');
  if (!rest.length) return `the alias ${model} is not in models.yaml`;
  return known.has(provider) ? undefined : `provider ${provider} is not configured`;
}

function isPattern(source: string): boolean {
  return patternSize(source) <= INSTRUCTIONS && linearPattern(source) !== undefined;
}

const named = (path: string, scorers: readonly Scorer[] = []) =>
  scorers.map((scorer, n): [string, Scorer] => [`${path}[${n}]`, scorer]);
