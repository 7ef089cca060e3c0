import { resolve } from 'node:path';
import { keyBytes } from '../secrets/key-text';
import type { Secret } from '../secrets/secret';
import { SecretBackends } from '../secrets/secret-backends';
import { SecretStore } from '../secrets/secret-store';
import type { Variables } from '../secrets/variables';
import type { Config } from './config';
import { checkConfigFiles, readConfigFiles } from './config-files';
import { ConfigInForce, withPartsOf } from './config-in-force';
import { plannedProviders } from './configured-providers';
import { inDataFolder } from './data-folder';
import { Environment } from './environment';
import { frozen } from './frozen';
import { masterKeyIn } from './master-key';
import {
  channelSecrets,
  flagSecrets,
  guardSecrets,
  kekSecrets,
  secretVariables,
  type SecretVariable,
} from './needed-secrets';
import { Problems } from './problems';
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
  const files = readConfigFiles(configFile, problems, chosen);
  const { settings, models, policies, prices, guards, analyses, flags, evals, incidents } = files;

  const dataDir = resolve(root, env.text('GATEHOUSE_DATA_DIR') ?? '.gatehouse');
  const production = env.production();
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
  checkConfigFiles(files, problems);

  const requests = [
    ...named,
    ...providers.flatMap(({ secret }) => secret ?? []),
    ...(tracing ? tracingSecrets(env) : []),
    ...(settings ? kekSecrets(settings.audit, env, problems) : []),
    ...(settings ? guardSecrets(settings.sanitization, env) : []),
    ...(settings ? flagSecrets(settings.flags, env) : []),
    ...(incidents ? channelSecrets(incidents, env) : []),
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
  const parts = {
    limits: settings!.limits,
    models: models!,
    prices: prices!.prices,
    policies: policies!,
    guards: guards!,
    flags: flags!,
    analysisTemplates: analyses!.analyses,
    evalSuites: evals,
  };
  const inForce = new ConfigInForce(parts, frozen(settings!));
  return withPartsOf(inForce, {
    inForce,
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
    audit: settings!.audit,
    health: settings!.health,
    idempotency: settings!.idempotency,
    answers: settings!.answers,
    budgets: settings!.budgets,
    jobs: { ...settings!.jobs, ...(runsJobs !== undefined && { run: runsJobs === 'true' }) },
    analyses: settings!.analyses,
    documents: settings!.documents,
    codeReview: settings!.codeReview,
    evals: settings!.evals,
    files: settings!.files,
    flagService: settings!.flags,
    batches: settings!.batches,
    webhooks: settings!.webhooks,
    sanitization: settings!.sanitization,
    providers: providers.map(({ with: made }) => made(secrets)),
    modelSettings: settings!.models,
    incidents: incidents!,
  });
}
