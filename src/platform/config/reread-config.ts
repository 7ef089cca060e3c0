import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config';
import { checkConfigFiles, readConfigFiles } from './config-files';
import { BUILT_IN_LIMITS, CHANGEABLE, type ChangeableParts } from './config-in-force';
import { effectivePolicy } from './effective-policy';
import type { Policies } from './policies';
import { Problems } from './problems';
import type { Settings } from './settings';

/** What the files say by now. */
export interface RereadConfig {
  readonly parts: ChangeableParts;
  /** Parts that are not as they were. */
  readonly changed: readonly (keyof ChangeableParts)[];
  /** Settings that are not what the process was started with, by their paths. */
  readonly pending: readonly string[];
}

const MOST_PENDING = 50;

/**
 * Reads the files of a running process again. What cannot change while it runs stays as it is: names are looked up in the
 * settings that it was started with.
 * @param present files that were there before: one that is gone is a mistake, not a set of defaults
 * @throws ConfigError that lists every mistake with its place
 */
export function rereadConfig(config: Config, present: readonly string[]): RereadConfig {
  const problems = new Problems();
  for (const file of present.filter((one) => !existsSync(one))) problems.add(file, 'was there before, and is gone');
  const files = readConfigFiles(config.configFile, problems, false);
  problems.throwIfAny();
  const { settings, models, policies, prices, guards, flags, analyses, evals, incidents } = files as Complete<
    typeof files
  >;

  const { inForce } = config;
  const limits = { ...settings.limits };
  for (const name of BUILT_IN_LIMITS) limits[name] = inForce.settings.limits[name];
  checkConfigFiles({ ...files, settings: { ...inForce.settings, limits } }, problems);
  problems.throwIfAny();

  const read: ChangeableParts = {
    limits,
    models,
    prices: prices.prices,
    policies,
    guards,
    flags,
    analysisTemplates: analyses.analyses,
    evalSuites: evals,
  };
  const changed = CHANGEABLE.filter((name) => !isDeepStrictEqual(read[name], inForce.now[name]));
  const parts = { ...inForce.now, ...Object.fromEntries(changed.map((name) => [name, read[name]])) };
  inForce.check(parts);
  const pending = [
    ...settingsThatDiffer(inForce.settings, settings),
    ...connectionsThatDiffer(config, policies),
    ...differences(incidents, config.incidents, '').map((path) => `incidents.yaml ${path}`),
  ];
  return { parts, changed, pending: pending.slice(0, MOST_PENDING) };
}

type Complete<T> = { [K in keyof T]: NonNullable<T[K]> };

function settingsThatDiffer(started: Settings, { limits, ...rest }: Settings): string[] {
  const builtIn = Object.fromEntries(BUILT_IN_LIMITS.map((name) => [name, limits[name]]));
  return differences({ ...rest, limits: { ...started.limits, ...builtIn } }, started, '');
}

/** The connections to a provider are made with these policies. */
function connectionsThatDiffer({ providers }: Config, policies: Policies): string[] {
  return providers.flatMap((provider) => {
    if (provider.type === 'sandbox') return [];
    const { timeout, bulkhead } = effectivePolicy(policies, { provider: provider.name });
    return [
      ...(timeout.connectMs === provider.connectMs ? [] : ['timeout.connectMs']),
      ...(timeout.totalMs <= provider.totalMs ? [] : ['timeout.totalMs']),
      ...(bulkhead.provider.concurrency <= provider.connections ? [] : ['bulkhead.concurrency']),
    ].map((field) => `policies.yaml ${field} of provider ${provider.name}`);
  });
}

/** The paths at which two values differ, as deep as both are objects. */
function differences(one: unknown, other: unknown, path: string): string[] {
  if (isDeepStrictEqual(one, other)) return [];
  if (!isRecord(one) || !isRecord(other)) return [path];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].flatMap((name) => differences(one[name], other[name], path ? `${path}.${name}` : name));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
