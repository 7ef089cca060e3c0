import { checkSelection } from './check-selection';
import { Models } from './models';
import { type ConfigError, Problems } from './problems';
import { Selection } from './selection';

const models = Models.parse({ aliases: { quick: ['openai/gpt'] } });

function problemsOf(document: unknown): readonly string[] {
  const problems = new Problems();
  checkSelection(Selection.parse(document), models, problems);
  try {
    problems.throwIfAny();
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

describe('checkSelection', () => {
  it('has nothing to say of what is there by default, whether or not the aliases exist', () =>
    expect(problemsOf({})).toEqual([]));

  it.each([
    ['an alias that is not there', { levels: { low: 'nobody' } }, ['selection.levels.low: the alias nobody']],
    ['one of a task', { tasks: [{ name: 'a', levels: { high: 'x' } }] }, ['selection.tasks[0].levels.high']],
    ['two tasks of one name', { tasks: [{ name: 'a' }, { name: 'a' }] }, ['tasks[1]: the name a is taken']],
    ['scores without a place between', { mediumScore: 4 }, ['highScore must be more']],
    ['such scores of a task', { tasks: [{ name: 'a', highScore: 2 }] }, ['tasks[0]: highScore must be more']],
  ])('finds %s', (_what, document, expected) => {
    const found = problemsOf(document);
    expect(found).toHaveLength(expected.length);
    for (const [i, part] of expected.entries()) expect(found[i]).toContain(part);
  });

  it('takes an alias that exists', () => expect(problemsOf({ levels: { low: 'quick' } })).toEqual([]));
});
