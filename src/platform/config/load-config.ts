import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { keyBytes } from '../secrets/key-text';
import type { Secret } from '../secrets/secret';
import { SecretBackends } from '../secrets/secret-backends';
import { SecretStore } from '../secrets/secret-store';
import type { Variables } from '../secrets/variables';
import { Analyses } from './analyses';
import { checkAnalyses } from './check-analyses';
import { checkFlags } from './check-flags';
import { checkLimits } from './check-limits';
import { checkPolicies } from './check-policies';
import { checkSelection } from './check-selection';
import { checkWebhooks } from './check-webhooks';
import type { Config } from './config';
import { plannedProviders } from './configured-providers';
import { checkGuards } from './check-guards';
import { inDataFolder } from './data-folder';
import { Environment } from './environment';
import { checkFlagPackages } from './flag-packages';
import { Flags } from './flags';
import { Guards } from './guards';
import { masterKeyIn } from './master-key';
import { Models } from './models';
import { flagSecrets, guardSecrets, kekSecrets, secretVariables, type SecretVariable } from './needed-secrets';
import { Policies } from './policies';
import { Prices } from './prices';
import { Problems } from './problems';
import { readYaml } from './read-yaml';
import { Settings } from './settings';
import { tracingSecrets, tracingSettings } from './tracing-settings';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Reads the environment, the files beside `GATEHOUSE_CONFIG`, and every secret that they refer to, once.
 * @throws ConfigError that lists every mistake with its place.
 */
export async function loadConfig(variables: Variables, root = process.cwd()): Promise<Config> {
  const problems = new Problems();
  const env = new Environment(variables, problems);

  const configFile = resolve(root, env.text('GATEHOUSE_CONFIG') ?? 'config/gatehouse.yaml');
  const chosen = env.text('GATEHOUSE_CONFIG') !== undefined;
  const settings = readYaml(configFile, Settings, problems, chosen);
  const beside = <T extends z.ZodType>(name: string, schema: T) =>
    readYaml(join(dirname(configFile), name), schema, problems, false);
  const models = beside('models.yaml', Models);
  const policies = beside('policies.yaml', Policies);
  const prices = beside('prices.yaml', Prices);
  const guards = beside('guards.yaml', Guards);
  const analyses = beside('analyses.yaml', Analyses);
  const flags = beside('flags.yaml', Flags);

  const dataDir = resolve(root, env.text('GATEHOUSE_DATA_DIR') ?? '.gatehouse');
  const production = env.text('NODE_ENV') === 'production';
  const embeddedDatabase = env.text('GATEHOUSE_EMBEDDED_PG') === '1';
  const named = secretVariables(env);
  const isAsked = (name: SecretVariable): boolean => named.some((request) => request.name === name);
  const isAbsent = (name: SecretVariable): boolean => !isAsked(name) && !problems.mention(name);
  if (isAbsent('DATABASE_URL'))
    problems.add(
      'DATABASE_URL',
      'is not set; `npm start` brings an embedded PostgreSQL, `node dist/main.js` needs one',
    );
  if (isAbsent('GATEHOUSE_MASTER_KEY') && production && !embeddedDatabase)
    problems.add(
      'GATEHOUSE_MASTER_KEY',
      'must be set in production with an external database (openssl rand -base64 32)',
    );

  const logLevel = env.text('LOG_LEVEL') ?? 'info';
  if (!LOG_LEVELS.includes(logLevel)) problems.add('LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`);
  const port = env.port('PORT') ?? 3000;
  const opsPort = env.port('GATEHOUSE_OPS_PORT');
  const tracing = tracingSettings(env, problems);
  const runsJobs = env.text('GATEHOUSE_RUN_JOBS');
  if (runsJobs !== undefined && runsJobs !== 'true' && runsJobs !== 'false')
    problems.add('GATEHOUSE_RUN_JOBS', 'must be true or false');
  const providers = settings && policies ? plannedProviders(settings, policies, env, problems) : [];
  if (settings && settings.server.replicas > 1 && isAbsent('REDIS_URL'))
    problems.add(
      'server.replicas',
      'is more than 1, but REDIS_URL is not set: each replica would count limits for itself',
    );
  if (settings) {
    // an entry that can never take effect is a typing mistake: its provider is neither built in nor declared
    const known = new Set(['anthropic', 'openai', 'local', 'sandbox', ...Object.keys(settings.providers)]);
    if (models) checkAliases(models, known, problems);
    if (policies) checkPolicies(policies, known, problems);
    if (policies && models) checkSelection(policies.selection, models, problems);
    if (analyses && models) checkAnalyses(analyses, models, problems);
    if (guards) checkGuards(guards, known, problems);
    checkFlagPackages(settings.flags.provider, problems);
    if (flags && models)
      checkFlags(flags, { aliases: models.aliases, prompts: flags.prompts, providers: known }, problems);
    checkLimits(settings.limits, models, known, problems);
    checkWebhooks(settings.webhooks, settings.jobs, problems);
  }

  const requests = [
    ...named,
    ...providers.flatMap(({ secret }) => secret ?? []),
    ...(tracing ? tracingSecrets(env) : []),
    ...(settings ? kekSecrets(settings.audit, env, problems) : []),
    ...(settings ? guardSecrets(settings.sanitization, env) : []),
    ...(settings ? flagSecrets(settings.flags, env) : []),
  ];
  const { store: secrets, missing } = await SecretStore.open(requests, new SecretBackends(variables), {
    production,
    refreshMs: (settings?.secrets.refreshSeconds ?? 0) * 1_000,
    graceMs: (settings?.secrets.graceSeconds ?? 0) * 1_000,
  });
  for (const [at, reason] of missing) problems.add(at, reason);
  problems.throwIfAny();

  const given = (name: SecretVariable): Secret | undefined => (isAsked(name) ? secrets.get(name).initial : undefined);
  const masterKey = given('GATEHOUSE_MASTER_KEY');
  // everything is checked before anything is made
  return freeze({
    production,
    host: env.text('HOST') ?? '127.0.0.1',
    port,
    opsPort: opsPort === port && port !== 0 ? undefined : opsPort,
    logLevel,
    dataDir,
    configFile,
    secrets,
    databaseUrl: given('DATABASE_URL')!,
    keysDatabaseUrl: given('GATEHOUSE_KEYS_DATABASE_URL') ?? given('DATABASE_URL')!,
    embeddedDatabase,
    redisUrl: given('REDIS_URL'),
    rootKey: given('GATEHOUSE_ROOT_KEY'),
    masterKey: masterKey ? keyBytes(masterKey.reveal()) : inDataFolder(dataDir, () => masterKeyIn(dataDir)),
    server: settings!.server,
    tracing,
    limits: settings!.limits,
    audit: settings!.audit,
    health: settings!.health,
    idempotency: settings!.idempotency,
    answers: settings!.answers,
    budgets: settings!.budgets,
    jobs: { ...settings!.jobs, ...(runsJobs !== undefined && { run: runsJobs === 'true' }) },
    analyses: settings!.analyses,
    documents: settings!.documents,
    codeReview: settings!.codeReview,
    analysisTemplates: analyses!.analyses,
    files: settings!.files,
    flagService: settings!.flags,
    batches: settings!.batches,
    webhooks: settings!.webhooks,
    sanitization: settings!.sanitization,
    providers: providers.map(({ with: made }) => made(secrets)),
    models: models!,
    policies: policies!,
    prices: prices!.prices,
    guards: guards!,
    flags: flags!,
  });
}

function checkAliases(models: Models, known: ReadonlySet<string>, problems: Problems): void {
  for (const [alias, targets] of Object.entries(models.aliases))
    for (const target of targets) {
      const provider = target.slice(0, target.indexOf('/'));
      if (!known.has(provider)) problems.add(`models.yaml aliases.${alias}`, `provider ${provider} is not configured`);
    }
}

/** Whatever was written down. What does something – the secrets – lives on. */
function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
