import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { Analyses } from './analyses';
import { checkAnalyses } from './check-analyses';
import { checkEvals } from './check-evals';
import { checkFlags } from './check-flags';
import { checkGuards } from './check-guards';
import { checkChannels, checkIncidents } from './check-incidents';
import { checkJobs } from './check-jobs';
import { checkLimits } from './check-limits';
import { checkModels } from './check-models';
import { checkNamedModels } from './check-named-models';
import { checkPolicies } from './check-policies';
import { checkSelection } from './check-selection';
import { checkWebhooks } from './check-webhooks';
import { checkFlagPackages } from './flag-packages';
import { Flags } from './flags';
import { Guards } from './guards';
import { Incidents } from './incidents';
import { Models } from './models';
import { Policies } from './policies';
import { Prices } from './prices';
import type { Problems } from './problems';
import { readEvals, type SuiteFile } from './read-evals';
import { readYaml } from './read-yaml';
import { Settings } from './settings';

/** What is read beside the settings file. */
const BESIDE = {
  models: 'models.yaml',
  policies: 'policies.yaml',
  prices: 'prices.yaml',
  guards: 'guards.yaml',
  analyses: 'analyses.yaml',
  flags: 'flags.yaml',
  incidents: 'incidents.yaml',
} as const;
/** A folder of them. */
const EVALS = 'evals';

/** What the files hold. One that has mistakes is undefined, one that is not there has every default. */
export interface ConfigFiles {
  readonly settings: Settings | undefined;
  readonly models: Models | undefined;
  readonly policies: Policies | undefined;
  readonly prices: Prices | undefined;
  readonly guards: Guards | undefined;
  readonly analyses: Analyses | undefined;
  readonly flags: Flags | undefined;
  readonly evals: readonly SuiteFile[];
  readonly incidents: Incidents | undefined;
}

/** The paths of all files and folders that a configuration is read from, whether they are there or not. */
export function pathsOf(settingsFile: string): string[] {
  return [settingsFile, ...[...Object.values(BESIDE), EVALS].map((name) => join(dirname(settingsFile), name))];
}

/** @param chosen somebody named the settings file, so it must be there */
export function readConfigFiles(settingsFile: string, problems: Problems, chosen: boolean): ConfigFiles {
  const beside = <T extends z.ZodType>(name: keyof typeof BESIDE, schema: T) =>
    readYaml(join(dirname(settingsFile), BESIDE[name]), schema, problems, false);
  return {
    settings: readYaml(settingsFile, Settings, problems, chosen),
    models: beside('models', Models),
    policies: beside('policies', Policies),
    prices: beside('prices', Prices),
    guards: beside('guards', Guards),
    analyses: beside('analyses', Analyses),
    flags: beside('flags', Flags),
    evals: readEvals(join(dirname(settingsFile), EVALS), problems),
    incidents: beside('incidents', Incidents),
  };
}

/** Finds what no file shows by itself: names in one that another does not know. */
export function checkConfigFiles(files: ConfigFiles, problems: Problems): void {
  const { settings, models, policies, guards, analyses, flags, evals, incidents } = files;
  if (!settings) return;
  // an entry that can never take effect is a typing mistake: its provider is neither built in nor declared
  const known = new Set(['anthropic', 'openai', 'local', 'sandbox', ...Object.keys(settings.providers)]);
  if (models) checkModels(models, known, problems);
  if (policies) checkPolicies(policies, known, problems);
  if (policies && models) checkSelection(policies.selection, models, problems);
  if (analyses && models) checkAnalyses(analyses, models, problems);
  if (guards) checkGuards(guards, known, problems);
  if (models) checkNamedModels(settings, models, known, problems);
  if (models) checkEvals(evals, settings.evals, models, known, problems);
  checkFlagPackages(settings.flags.provider, problems);
  if (flags && models)
    checkFlags(flags, { aliases: models.aliases, prompts: flags.prompts, providers: known }, problems);
  checkLimits(settings.limits, models, known, problems);
  checkJobs(settings.jobs, problems);
  checkWebhooks(settings.webhooks, settings.jobs, problems);
  if (incidents) {
    checkIncidents(incidents, known, problems);
    checkChannels(incidents, settings.webhooks, problems);
  }
}
