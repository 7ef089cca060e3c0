// `npm run audit:epoch -- --reason "…"`: after a restore of the database, says in the log what was lost, and lets it go on.
import 'reflect-metadata';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AuditKeys } from './features/audit/keys/audit-keys';
import { openEpoch } from './features/audit/log/epoch/open-epoch';
import { HighWater } from './features/audit/log/head/high-water';
import { KeptHead } from './features/audit/log/head/kept-head';
import { StateFile } from './features/audit/log/head/state-file';
import { ConfigError } from './platform/config/problems';
import { secretsOfCommand } from './platform/config/needed-secrets';
import { processConfig } from './platform/config/process-config';
import { processScrubber } from './platform/observability/process-scrubber';
import { scrubErrors, scrubSecrets } from './platform/observability/scrub-process';
import { keyWrappers } from './platform/secrets/key-wrappers';

const USAGE = `Opens a new epoch of the audit log: the database was restored, and lost entries that had been signed.

  --reason "…"                  why, in the log for good; readable only like any other content

Stop every gateway first. Needs the settings and the data folder of the gateway, and
  GATEHOUSE_ADMIN_DATABASE_URL  a superuser, or a role that governs the database

Exit code: 0 done, 1 not done, 2 wrongly called.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { reason: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help || !values.reason?.trim()) {
    process.stderr.write(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const admin = await secretsOfCommand(process.env, 'GATEHOUSE_ADMIN_DATABASE_URL');
  scrubSecrets(admin);
  const config = await processConfig();
  processScrubber.follow(config);
  const { masterKey, dataDir } = config;
  const keys = new AuditKeys({
    url: config.keysDatabaseUrl.reveal(),
    masterKey,
    kek: keyWrappers(config),
    backupDays: config.audit.keyBackupDays,
  });
  await keys.open();
  try {
    const { origin, lost, found, checkpoint } = await openEpoch({
      adminUrl: admin.GATEHOUSE_ADMIN_DATABASE_URL.reveal(),
      url: config.databaseUrl.reveal(),
      keys,
      highWater: new HighWater(join(dataDir, 'audit-head.json')),
      signed: new StateFile(join(dataDir, 'audit-signed.json'), KeptHead),
      reason: values.reason,
    });
    console.log(`Seen before: ${lost.size} entries of ${lost.origin}. Found: ${found.size}.`);
    console.log(`The log goes on as ${origin}. Give this to whoever holds its checkpoints:\n\n${checkpoint}`);
  } finally {
    await keys.close();
  }
}

scrubErrors();
main().catch((error: unknown) => {
  const text = error instanceof ConfigError || !(error instanceof Error) ? String(error) : error.message;
  process.stderr.write(`No epoch was opened. ${text}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
});
