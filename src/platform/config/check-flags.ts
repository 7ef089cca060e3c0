import { type FlagDefinition, type Flags, NO_PROMPT } from './flags';
import type { Models } from './models';
import type { Problems } from './problems';

/** What flags may name. */
export interface FlagTargets {
  readonly aliases: Models['aliases'];
  readonly prompts: Flags['prompts'];
  /** The names of all providers that can be configured. */
  readonly providers: ReadonlySet<string>;
}

/** Notes every flag that could never take effect. */
export function checkFlags({ flags }: Flags, targets: FlagTargets, problems: Problems): void {
  for (const [name, flag] of Object.entries(flags)) {
    for (const [path, problem] of unknownNames(flag, targets))
      problems.add(`flags.yaml flags.${name}.${path}`, problem);
    const other = sameDecision(name, flag, flags);
    if (other !== undefined) problems.add(`flags.yaml flags.${name}.decides`, `the flag ${other} decides that already`);
  }
}

/** What a flag names that is not there, with where it does. */
export function* unknownNames(
  { decides, variants }: FlagDefinition,
  { aliases, prompts, providers }: FlagTargets,
): Generator<readonly [path: string, problem: string]> {
  if (decides?.what === 'model' && !Object.hasOwn(aliases, decides.alias))
    yield ['decides.alias', `the alias ${decides.alias} is not in models.yaml`];
  for (const [name, value] of Object.entries(variants)) {
    if (typeof value !== 'string') continue;
    if (decides?.what === 'prompt' && value !== NO_PROMPT && !Object.hasOwn(prompts, value))
      yield [`variants.${name}`, `there is no prompt ${value} in flags.yaml`];
    if (decides?.what === 'model' && !Object.hasOwn(aliases, value) && !providers.has(value.split('/')[0] ?? ''))
      yield [`variants.${name}`, `${value} is neither an alias nor a model of a configured provider`];
  }
}

/** The first other flag that decides the very same, where only one can. */
export function sameDecision(
  name: string,
  { decides }: FlagDefinition,
  flags: Readonly<Record<string, FlagDefinition>>,
): string | undefined {
  if (decides?.what !== 'model') return undefined;
  const found = Object.entries(flags).find(
    ([other, { decides: its }]) => other !== name && its?.what === 'model' && its.alias === decides.alias,
  );
  return found?.[0];
}
