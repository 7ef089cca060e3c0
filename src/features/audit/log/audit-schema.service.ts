import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import type { Config } from '../../../platform/config/config';
import { auditConnection } from '../../../platform/database/audit-connection';
import { connectionOptions } from '../../../platform/database/connection';
import { provision, ProvisionError } from './provision/provision.store';
import { SCHEMA_VERSION } from './provision/schema-version';
import { isProvisioner, readStanding } from './provision/standing.store';
import type { SecurityFacts } from './security-facts';
import { readSecurityFacts } from './security-facts.store';
import {
  needsProvisioning,
  refuseUnsafe,
  securityReport,
  type CheckOptions,
  type SecurityReport,
} from './start-checks';

const MONTHS_AHEAD = 3;
const MAINTENANCE_MS = 3_600_000;

type Settings = Pick<Config, 'databaseUrl' | 'audit' | 'production' | 'embeddedDatabase'>;

/** The schema of the log, as far as the gateway has a say in it: provisioned where its role is able to, checked everywhere. */
export class AuditSchema {
  private report: SecurityReport;
  private maintenance: NodeJS.Timeout | undefined;

  private constructor(
    private readonly url: string,
    private readonly options: CheckOptions,
    facts: SecurityFacts,
  ) {
    this.report = securityReport(facts, options);
  }

  /**
   * Everything of the log that uses the database comes after it.
   * @throws UnsafeLogError where somebody relies on a log that is not kept well: the gateway must not start
   */
  static async open({ databaseUrl, audit, production, embeddedDatabase: embedded }: Settings): Promise<AuditSchema> {
    const modes = [audit.mode, ...Object.values(audit.tenants).map(({ mode }) => mode)];
    const relied = modes.some((mode) => mode === 'strict' || mode === 'sealed');
    const url = databaseUrl.reveal();
    const options = { relied, production, embedded };
    await provisionIfAble(url);
    await ensurePartitions(url).catch(() => undefined); // what is wrong is found by the checks
    const facts = await factsAt(url);
    refuseUnsafe(facts, options);
    const schema = new AuditSchema(url, options, facts);
    schema.warn();
    schema.maintenance = setInterval(() => void schema.maintain(), MAINTENANCE_MS).unref();
    return schema;
  }

  /** As it was found at the start, or within the last hour. */
  securityReport(): SecurityReport {
    return this.report;
  }

  /** Looks again. */
  async check(): Promise<SecurityReport> {
    return (this.report = securityReport(await factsAt(this.url), this.options));
  }

  onApplicationShutdown(): void {
    clearInterval(this.maintenance);
  }

  private async maintain(): Promise<void> {
    try {
      await ensurePartitions(this.url);
      await this.check();
      this.warn();
    } catch (error) {
      new Logger('Audit').warn(`The schema of the log could not be looked after: ${(error as Error).message}`);
    }
  }

  private warn(): void {
    for (const text of [...this.report.problems, ...this.report.warnings]) new Logger('Audit').warn(text);
  }
}

async function factsAt(url: string): Promise<SecurityFacts> {
  return onConnection(url, readSecurityFacts);
}

/** Only where there is something to mend, so that a start does not lock what other processes use. */
async function provisionIfAble(url: string): Promise<void> {
  const user = await onConnection(url, async (client) => {
    const facts = await readSecurityFacts(client);
    if (!needsProvisioning(facts) || (facts.version ?? 0) > SCHEMA_VERSION) return undefined;
    return isProvisioner(await readStanding(client, facts.user)) ? facts.user : undefined;
  });
  if (user === undefined) return;
  try {
    const { version } = await provision(url, user);
    new Logger('Audit').log(`The audit log was provisioned (version ${version})`);
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    new Logger('Audit').warn(error.message);
  }
}

async function ensurePartitions(url: string): Promise<void> {
  const client = await auditConnection(url, 'checkpointer', 'audit-schema');
  try {
    await client.query('select audit.ensure_partitions($1)', [MONTHS_AHEAD]);
  } finally {
    await client.end();
  }
}

async function onConnection<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connectionOptions(url, 'audit-schema'));
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
