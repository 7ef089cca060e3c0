import type { Model, Models, ModelVersion, Shadow } from './models';
import type { Problems } from './problems';

/** What models and aliases may name. */
export interface ModelTargets {
  readonly aliases: Models['aliases'];
  /** The names of all providers that can be configured. */
  readonly providers: ReadonlySet<string>;
}

type Lifecycle = Pick<ModelVersion, 'deprecatedAt' | 'retiresAt' | 'replacement'>;

/** Notes every alias and model that could never take effect. */
export function checkModels(
  { aliases, models, shadows = {} }: Models,
  providers: ReadonlySet<string>,
  problems: Problems,
): void {
  for (const [alias, targets] of Object.entries(aliases))
    for (const target of targets) {
      const provider = providerOf(target);
      if (!providers.has(provider))
        problems.add(`models.yaml aliases.${alias}`, `provider ${provider} is not configured`);
    }
  for (const [target, model] of Object.entries(models)) {
    const provider = providerOf(target);
    if (!providers.has(provider))
      problems.add(`models.yaml models.${target}`, `provider ${provider} is not configured`);
    for (const [path, problem] of modelProblems(target, model, { aliases, providers }))
      problems.add(`models.yaml models.${target}.${path}`, problem);
  }
  for (const [subject, shadow] of Object.entries(shadows)) {
    if (!Object.hasOwn(aliases, subject) && !providers.has(providerOf(subject)))
      problems.add(`models.yaml shadows.${subject}`, 'is neither an alias nor a model of a configured provider');
    const problem = shadowProblem(subject, shadow, { aliases, providers });
    if (problem !== undefined) problems.add(`models.yaml shadows.${subject}.model`, problem);
  }
}

/** Why a shadow could never be sent anything; undefined where it could. @param subject an alias, or `provider/model` */
export function shadowProblem(subject: string, { model }: Shadow, { providers }: ModelTargets): string | undefined {
  if (model === subject) return 'must be another model';
  return providers.has(providerOf(model)) ? undefined : `provider ${providerOf(model)} is not configured`;
}

/** What of a model could never take effect, with where it stands. @param target its `provider/model` */
export function* modelProblems(
  target: string,
  { versions = {}, ...model }: Lifecycle & Pick<Model, 'versions'>,
  targets: ModelTargets,
): Generator<readonly [path: string, problem: string]> {
  yield* lifecycleProblems(target, model, targets);
  for (const [version, its] of Object.entries(versions))
    for (const [path, problem] of lifecycleProblems(`${target}@${version}`, { ...model, ...its }, targets))
      yield [`versions.${version}.${path}`, problem];
}

function* lifecycleProblems(
  name: string,
  { deprecatedAt, retiresAt, replacement }: Lifecycle,
  { aliases, providers }: ModelTargets,
): Generator<readonly [path: string, problem: string]> {
  if (deprecatedAt !== undefined && retiresAt !== undefined && Date.parse(retiresAt) < Date.parse(deprecatedAt))
    yield ['retiresAt', 'must not be before deprecatedAt'];
  if (replacement === undefined) return;
  if (replacement === name) yield ['replacement', 'must be another model'];
  else if (!Object.hasOwn(aliases, replacement) && !providers.has(providerOf(replacement)))
    yield ['replacement', `${replacement} is neither an alias nor a model of a configured provider`];
}

function providerOf(target: string): string {
  return target.slice(0, Math.max(target.indexOf('/'), 0));
}
