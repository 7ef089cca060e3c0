import { Analyses } from './analyses';
import { checkAnalyses } from './check-analyses';
import { Models } from './models';
import { Problems } from './problems';

const WRITTEN = {
  instructions: 'About {{topic}}.',
  parameters: { topic: { values: ['a', 'b'], default: 'a' } },
  schema: { type: 'object' },
};

function problemsOf(name: string, more: object): string {
  const problems = new Problems();
  const models = Models.parse({ aliases: { fast: ['sandbox/fast'] } });
  const read = Analyses.safeParse({ analyses: { [name]: { ...WRITTEN, ...more } } });
  if (read.success) checkAnalyses(read.data, models, problems);
  else problems.addAll('analyses.yaml', read.error);
  try {
    problems.throwIfAny();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the analyses of the operator', () => {
  it.each([{}, { model: 'fast' }, { model: 'openai/gpt-4o' }])('may be right: %j', (more) => {
    expect(problemsOf('mine', more)).toBe('');
  });

  it.each([
    ['sentiment', {}, 'analyses.yaml analyses.sentiment: is the name of a built-in analysis'],
    ['Mine', {}, 'must be 1 to 64 lower-case letters'],
    [
      'mine',
      { instructions: '{{topic}} {{tone}}' },
      'analyses.mine.instructions: {{tone}} is not one of its parameters',
    ],
    ['mine', { instructions: 'x' }, 'analyses.mine.parameters.topic: does not stand in the instructions'],
    ['mine', { parameters: { topic: { values: ['a'], default: 'c' } } }, 'topic.default: is not one of its values'],
    ['mine', { schema: { type: 'string' } }, 'analyses.mine.schema: must have the type object'],
    ['mine', { model: 'quick' }, 'analyses.mine.model: the alias quick is not in models.yaml'],
    ['mine', { promt: 'x' }, 'analyses.yaml analyses.mine: Unrecognized key: "promt"'],
  ])('are refused by name: %s %j', (name, more, problem) => expect(problemsOf(name, more)).toContain(problem));
});
