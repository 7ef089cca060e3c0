import { provision, ProvisionError } from './features/audit/log/provision/provision.store';
import { secretsOfCommand } from './platform/config/needed-secrets';
import { ConfigError } from './platform/config/problems';
import { errorText } from './platform/observability/error-text';
import { scrubErrors, scrubSecrets } from './platform/observability/scrub-process';

const USAGE = `Makes or mends the audit log's schema, roles and guards in the database of DATABASE_URL.

  GATEHOUSE_ADMIN_DATABASE_URL  a superuser, or a role with CREATEROLE that owns the database
  DATABASE_URL                  whose user is the role that the gateway connects as

Each can instead be a reference, or come from a file named by …_FILE. Exit code: 0 done, 1 not done, 2 wrongly called.
`;

class UsageError extends Error {}

async function main(): Promise<void> {
  const urls = await secretsOfCommand(process.env, 'GATEHOUSE_ADMIN_DATABASE_URL', 'DATABASE_URL');
  scrubSecrets(urls);
  const admin = urls.GATEHOUSE_ADMIN_DATABASE_URL.reveal();
  const app = new URL(urls.DATABASE_URL.reveal());
  const role = decodeURIComponent(app.username);
  if (!role) throw new UsageError('DATABASE_URL names no user.');
  if (new URL(admin).pathname !== app.pathname)
    throw new UsageError('GATEHOUSE_ADMIN_DATABASE_URL and DATABASE_URL name different databases.');
  const appPassword = decodeURIComponent(app.password) || undefined;
  const { version, before, appRoleMade, ddlGuarded } = await provision(admin, role, { appPassword });
  if (appRoleMade) console.log(`The role ${role} was made.`);
  console.log(
    before === version
      ? `The audit log is in order (version ${version}).`
      : `The audit log was brought ${before === undefined ? 'to' : `from version ${before} to`} version ${version}.`,
  );
  if (!ddlGuarded)
    console.log('Without a superuser there is no event trigger: careless DDL of an administrator is not refused.');
}

scrubErrors();
main().catch((error: unknown) => {
  const misused = error instanceof UsageError || error instanceof ConfigError;
  const why = misused || error instanceof ProvisionError ? error.message : errorText(error);
  process.stderr.write(misused ? `${why}\n\n${USAGE}` : `Not provisioned. ${why}\n`);
  process.exit(misused ? 2 : 1);
});
