import { checkModels } from './check-models';
import { Models } from './models';
import { ConfigError, Problems } from './problems';

function problemsOf(models: object): readonly string[] {
  const problems = new Problems();
  checkModels(Models.parse({ aliases: { fast: ['openai/small'] }, ...models }), new Set(['openai', 'local']), problems);
  try {
    problems.throwIfAny();
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

describe('checkModels', () => {
  it('has nothing against what can take effect', () =>
    expect(
      problemsOf({
        models: {
          'openai/small': {
            deprecatedAt: '2026-01-01',
            retiresAt: '2026-06-01T00:00:00Z',
            replacement: 'fast',
            versions: { '2025-01-01': { replacement: 'local/x' } },
          },
        },
        shadows: { fast: { model: 'local/x', share: 1 }, 'openai/small': { model: 'openai/other', share: 0.1 } },
      }),
    ).toEqual([]));

  it.each([
    ['an alias of an unknown provider', { aliases: { best: ['nobody/x'] } }, 'aliases.best provider nobody is not'],
    ['a model of an unknown provider', { models: { 'nobody/x': {} } }, 'models.nobody/x provider nobody is not'],
    [
      'an end before its beginning',
      { models: { 'openai/a': { deprecatedAt: '2026-02-01', retiresAt: '2026-01-01' } } },
      'models.openai/a.retiresAt must not be before deprecatedAt',
    ],
    [
      'a replacement of nowhere',
      { models: { 'openai/a': { replacement: 'slow' } } },
      'models.openai/a.replacement slow is',
    ],
    ['itself', { models: { 'openai/a': { replacement: 'openai/a' } } }, 'models.openai/a.replacement must be another'],
    [
      'a version',
      { models: { 'openai/a': { versions: { v1: { replacement: 'nobody/b' } } } } },
      'models.openai/a.versions.v1.replacement nobody/b is',
    ],
    ['a shadow of nothing', { shadows: { slow: { model: 'openai/b', share: 1 } } }, 'shadows.slow is neither'],
    [
      'a shadow of itself',
      { shadows: { 'openai/b': { model: 'openai/b', share: 1 } } },
      'shadows.openai/b.model must be',
    ],
    [
      'a shadow of nowhere',
      { shadows: { fast: { model: 'nobody/b', share: 1 } } },
      'shadows.fast.model provider nobody',
    ],
  ])('names %s', (_what, models, problem) =>
    expect(problemsOf(models).map((text) => text.replace(/^models\.yaml |: /g, ' ').trim())).toEqual([
      expect.stringContaining(problem),
    ]),
  );
});
