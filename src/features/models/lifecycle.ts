import type { Lifecycle } from '../../contract/lifecycle';
import type { Models, ModelVersion } from '../../platform/config/models';
import { versionsIn } from './versions';

export type ModelStatus = 'active' | 'deprecated' | 'retired';

const DAY_MS = 86_400_000;

/** Undefined where no end is in sight. */
export function lifecycleOf(
  model: Pick<ModelVersion, 'deprecatedAt' | 'retiresAt' | 'replacement'> | undefined,
): Lifecycle | undefined {
  if (model?.deprecatedAt === undefined && model?.retiresAt === undefined) return undefined;
  return {
    deprecatedAt: parsed(model.deprecatedAt),
    retiresAt: parsed(model.retiresAt),
    replacement: model.replacement,
  };
}

/** @param now milliseconds since the epoch */
export function statusAt(lifecycle: Lifecycle | undefined, now: number): ModelStatus {
  if (!lifecycle) return 'active';
  const { deprecatedAt, retiresAt } = lifecycle;
  if (retiresAt !== undefined && retiresAt <= now) return 'retired';
  // an end that is announced is a deprecation
  return (deprecatedAt ?? now) <= now ? 'deprecated' : 'active';
}

/** What is said of a model that is at its end, in a sentence. @param name `provider/model` */
export function lifecycleWarning(name: string, lifecycle: Lifecycle, now: number): string {
  const { deprecatedAt, retiresAt, replacement } = lifecycle;
  const instead = replacement === undefined ? '' : `: use ${replacement}`;
  if (statusAt(lifecycle, now) === 'retired') return `${name} is retired since ${day(retiresAt)}${instead}`;
  const since = deprecatedAt === undefined || deprecatedAt > now ? '' : ` since ${day(deprecatedAt)}`;
  const until = retiresAt === undefined ? '' : ` and retires on ${day(retiresAt)}`;
  return `${name} is deprecated${since}${until}${instead}`;
}

/** Models that callers may still name or aliases stand for, and that are retired or will be soon; in sentences. */
export function retirementWarnings({ aliases, models }: Models, warnDays: number, now: number): string[] {
  const behind = (name: string) => Object.keys(aliases).filter((alias) => aliases[alias]?.includes(name));
  const named = [...Object.entries(models), ...versionsIn(models)];
  return named.flatMap(([name, model]) => {
    const lifecycle = lifecycleOf(model);
    if (lifecycle?.retiresAt === undefined || lifecycle.retiresAt > now + warnDays * DAY_MS) return [];
    const stands = behind(name);
    const by = stands.length ? ` (${stands.join(', ')} may stand for it)` : '';
    return `${lifecycleWarning(name, lifecycle, now)}${by}`;
  });
}

function parsed(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : Date.parse(moment);
}

function day(ms: number | undefined): string {
  return new Date(ms ?? 0).toISOString().slice(0, 10);
}
