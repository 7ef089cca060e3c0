import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { readSecurityFacts } from './features/audit/log/security-facts.store';
import { securityReport } from './features/audit/log/start-checks';
import { retirementWarnings } from './features/models/lifecycle';
import type { Config } from './platform/config/config';
import { loadConfig } from './platform/config/load-config';
import { standIns } from './platform/config/stand-ins';
import { ConfigError } from './platform/config/problems';
import { connectionOptions } from './platform/database/connection';
import { migrations } from './platform/database/migrate';
import { migrationFinding, serverFindings } from './platform/doctor/database-findings';
import { embeddedUrl } from './platform/doctor/embedded-url';
import { fail, findingLines, ok, skip, warn, type Finding } from './platform/doctor/finding';
import { dataFolderFinding, nodeFinding } from './platform/doctor/machine-findings';
import { portFinding, reachFinding, redisFinding } from './platform/doctor/service-findings';
import { processScrubber } from './platform/observability/process-scrubber';
import { runCommand } from './platform/observability/run-command';

const USAGE = `Looks at everything that a gateway needs, changes nothing and spends nothing: the machine, the configuration, PostgreSQL, the audit log's
guards, Redis, the providers' addresses, the collector of traces, the port.

  --json  the findings as JSON: [{what, state, says}], states ok, warn, skip, fail

Exit code: 0 nothing is wrong, 1 something is, 2 wrongly called.
`;

async function configured(config: Config): Promise<Finding[]> {
  const { host, redisUrl, providers, tracing, dataDir } = config;
  // where the probes are
  const port = config.opsPort ?? config.port;
  const upstreams = providers.flatMap((provider) => (provider.type === 'sandbox' ? [] : [provider]));
  const noProvider = warn(
    'providers',
    'only the sandbox answers: set ANTHROPIC_API_KEY, OPENAI_API_KEY or LOCAL_BASE_URL',
  );
  const alone = skip('redis', 'not configured: one process keeps limits and jobs to itself');
  const stored = await database(config);
  const services = await Promise.all([
    ...(redisUrl ? [redisFinding(redisUrl.reveal())] : []),
    ...upstreams.map(({ name, baseUrl }) => reachFinding(`provider ${name}`, baseUrl)),
    ...(tracing ? [reachFinding('traces', tracing.url)] : []),
    ...(port ? [portFinding(host, port)] : []),
  ]);
  return [
    ok('configuration', config.configFile),
    ...retirementWarnings(config.models, config.modelSettings.warnDays, Date.now()).map((text) => warn('models', text)),
    ...stored,
    dataFolderFinding(dataDir),
    ...(redisUrl ? [] : [alone]),
    ...(upstreams.length ? [] : [noProvider]),
    ...services,
  ];
}

async function database({ embeddedDatabase, databaseUrl, dataDir, production }: Config): Promise<Finding[]> {
  const url = embeddedDatabase ? embeddedUrl(dataDir) : databaseUrl.reveal();
  if (url === undefined) return [skip('postgresql', 'the embedded one runs while `npm start` does')];
  processScrubber.protect('DATABASE_URL', url);
  const client = new Client(connectionOptions(url, 'doctor'));
  client.on('error', () => undefined);
  try {
    await client.connect();
    const server = await serverFindings(client);
    const schema = await migrationFinding(client, migrations());
    return [...server, schema, ...(await auditLog(client, production, embeddedDatabase))];
  } catch (error) {
    return [fail('postgresql', `does not answer: ${(error as NodeJS.ErrnoException).code ?? 'refused'}`)];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Roles, triggers and guards, as a start checks them. */
async function auditLog(client: Client, production: boolean, embedded: boolean): Promise<Finding[]> {
  const { problems, warnings, version } = securityReport(await readSecurityFacts(client), { production, embedded });
  const found = [
    ...problems.map((text) => fail('audit log', text)),
    ...warnings.map((text) => warn('audit log', text)),
  ];
  return found.length ? found : [ok('audit log', `guarded, version ${version}`)];
}

async function examine(): Promise<Finding[]> {
  const node = nodeFinding();
  try {
    const config = await loadConfig({ ...process.env, ...standIns(process.env) });
    processScrubber.follow(config);
    return [node, ...(await configured(config))];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [node, ...error.problems.map((problem) => fail('configuration', problem))];
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const findings = await examine();
  if (values.json) console.log(JSON.stringify(findings, undefined, 2));
  else for (const line of findingLines(findings)) console.log(processScrubber.text(line));
  return findings.some(({ state }) => state === 'fail') ? 1 : 0;
}

runCommand(main, USAGE);
