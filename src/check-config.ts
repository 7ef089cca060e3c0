import { parseArgs } from 'node:util';
import { checkSuites, type Suite, Suites } from './features/evals';
import { priceGaps } from './features/cost/prices/price-gaps';
import { readPriceFiles } from './features/cost/prices/price-files';
import { retirementWarnings } from './features/models/lifecycle';
import { schemaChecks } from './jobs/evals/schema-checks';
import type { Config } from './platform/config/config';
import { loadConfig } from './platform/config/load-config';
import { ConfigError } from './platform/config/problems';
import { standIns, tryToKeep } from './platform/config/stand-ins';
import { processScrubber } from './platform/observability/process-scrubber';
import { runCommand } from './platform/observability/run-command';

const USAGE = `Reads the environment and every file of the configuration as a start would, secrets included, and starts nothing.

  --json  the result as JSON: {ok, problems, warnings, summary}

Exit code: 0 in order, 1 a start would refuse it, 2 wrongly called.
`;

interface Result {
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly summary: Readonly<Record<string, string>>;
}

async function check(): Promise<Result> {
  const problems: string[] = [];
  const look = async <T>(work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const read = await look(readAll);
  await look(() => tryToKeep(process.env));
  const { warnings = [], summary: shown = {} } = read ?? {};
  const ok = !problems.length;
  return { ok, problems, warnings: ok ? warnings : [], summary: ok ? shown : {} };
}

async function readAll(): Promise<Pick<Result, 'warnings' | 'summary'>> {
  const made = standIns(process.env);
  const config = await loadConfig({ ...process.env, ...made });
  processScrubber.follow(config);
  const warnings = [
    ...priceGaps(readPriceFiles(process.env['GATEHOUSE_CONFIG'] || undefined), Date.now()),
    ...retirementWarnings(config.models, config.modelSettings.warnDays, Date.now()),
  ];
  checkSuites(config.evalSuites, schemaChecks());
  const suites = new Suites(config.evalSuites).list();
  return { warnings, summary: { ...summary(config, made), evals: evalSummary(suites) } };
}

/** @param made variables that nobody set */
function summary(config: Config, made: Readonly<Record<string, string>>): Record<string, string> {
  const { aliases, models } = config.models;
  const guards = config.guards.defaults;
  return {
    settings: config.configFile,
    database: config.embeddedDatabase ? `embedded, in ${config.dataDir}` : 'DATABASE_URL',
    redis: config.redisUrl ? 'REDIS_URL' : 'none: limits and jobs of one process',
    providers: config.providers.map(({ name, place }) => `${name} (${place})`).join(', '),
    models: `${Object.keys(aliases).length} aliases, ${Object.keys(models).length} models`,
    audit: config.audit.mode,
    guards: `personal data ${guards?.personalData?.enabled === false ? 'off' : 'on'}, injection ${guards?.injection?.action ?? 'monitor'}`,
    incidents: `${config.incidents.rules.length} rules, ${Object.keys(config.incidents.channels).length} channels`,
    traces: config.tracing?.url ?? 'none',
    secrets: config.secrets
      .all()
      .filter(({ name }) => !Object.hasOwn(made, name))
      .map(({ name, source }) => `${name} (${source})`)
      .join(', '),
  };
}

function evalSummary(suites: readonly Suite[]): string {
  const counts = suites.map(({ name, cases }) => `${name} (${cases.length} cases)`);
  return counts.join(', ') || 'none';
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const result = await check();
  if (values.json) console.log(JSON.stringify(result, undefined, 2));
  else if (!result.ok) {
    console.log('A start would refuse this configuration:');
    for (const problem of result.problems) console.log(`  - ${problem}`);
  } else {
    console.log('The configuration is in order.');
    for (const [what, says] of Object.entries(result.summary)) console.log(`  ${what.padEnd(10)} ${says}`);
    for (const warning of result.warnings) console.log(`  warning    ${warning}`);
  }
  return result.ok ? 0 : 1;
}

runCommand(main, USAGE);
