import { SCHEMA_VERSION } from './provision/schema-version';
import type { SecurityFacts } from './security-facts';

export interface CheckOptions {
  /** Somebody relies on the log: the mode of the installation, or of a tenant, is strict or sealed. */
  readonly relied: boolean;
  readonly production: boolean;
  /** The database was started for this process. */
  readonly embedded: boolean;
}

export interface SecurityReport {
  /** Nothing is wrong that strict and sealed modes could not live with. */
  readonly ok: boolean;
  readonly version: number | undefined;
  /** Each a sentence; the gateway does not start with them where the log is relied upon. */
  readonly problems: readonly string[];
  /** Each a sentence; weaker than it could be. */
  readonly warnings: readonly string[];
}

/** The log is not kept as those who rely on it were promised. */
export class UnsafeLogError extends Error {}

export const PROVISION_COMMAND = 'GATEHOUSE_ADMIN_DATABASE_URL=postgres://… npm run audit:provision';
const MENDED_BY_PROVISIONING = 'provision';
const LISTED = 5;

interface Finding {
  readonly text: string;
  readonly mend?: typeof MENDED_BY_PROVISIONING;
  readonly warning?: boolean;
}

export function securityReport(
  facts: SecurityFacts,
  { production, embedded }: Omit<CheckOptions, 'relied'>,
): SecurityReport {
  const all = findings(facts, production && !embedded);
  const texts = (warning: boolean) => all.filter((one) => (one.warning ?? false) === warning).map(({ text }) => text);
  return { ok: texts(false).length === 0, version: facts.version, problems: texts(false), warnings: texts(true) };
}

/** Whether provisioning would mend something. */
export function needsProvisioning(facts: SecurityFacts): boolean {
  return findings(facts, false).some(({ mend }) => mend === MENDED_BY_PROVISIONING);
}

/**
 * One message with everything that is wrong and what mends it.
 * @throws UnsafeLogError where somebody relies on the log
 */
export function refuseUnsafe(facts: SecurityFacts, options: CheckOptions): void {
  const { problems } = securityReport(facts, options);
  if (!options.relied || problems.length === 0) return;
  const mend = needsProvisioning(facts)
    ? `\nMend it with:  ${PROVISION_COMMAND}\n(in a container: node dist/provision-audit.js)`
    : '';
  throw new UnsafeLogError(
    `The audit log cannot be relied upon, and audit.mode of the installation or of a tenant is strict or sealed:\n  - ${problems.join('\n  - ')}${mend}`,
  );
}

function findings(facts: SecurityFacts, exposed: boolean): Finding[] {
  return [...schema(facts), ...contents(facts), ...standing(facts, exposed), ...settings(facts)];
}

function schema({ version }: SecurityFacts): Finding[] {
  if (version === undefined)
    return [{ text: 'The database has no schema for the audit log.', mend: MENDED_BY_PROVISIONING }];
  if (version < SCHEMA_VERSION)
    return [
      {
        text: `The schema of the audit log is older than this release (version ${version}, not ${SCHEMA_VERSION}).`,
        mend: MENDED_BY_PROVISIONING,
      },
    ];
  if (version > SCHEMA_VERSION)
    return [
      {
        text: `The schema of the audit log is newer than this release (version ${version}, not ${SCHEMA_VERSION}): start the release that made it.`,
      },
    ];
  return [];
}

function contents(facts: SecurityFacts): Finding[] {
  const each = (list: readonly string[], text: (names: string) => string): Finding[] =>
    list.length ? [{ text: text(shortened(list)), mend: MENDED_BY_PROVISIONING }] : [];
  return [
    ...each(facts.missingRoles, (names) => `${facts.user} cannot become ${names}.`),
    ...each(facts.inheritedRoles, (names) => `${facts.user} has the rights of ${names} without becoming it.`),
    ...each(facts.missingTables, (names) => `Tables are missing: ${names}.`),
    ...each(facts.unguarded, (names) => `Not protected against change: ${names}.`),
    ...each(facts.foreignOwners, (names) => `Owned by the wrong role: ${names}.`),
    ...each(facts.excessiveRights, (names) => `More rights than there should be: ${names}.`),
  ];
}

function standing(facts: SecurityFacts, exposed: boolean): Finding[] {
  const { user } = facts;
  if (facts.superuser)
    return [
      {
        text: `${user}, as which the gateway connects, is a superuser: nothing in the database keeps it from the log. Give DATABASE_URL a role of its own.`,
        warning: !exposed,
      },
    ];
  if (facts.owns)
    return [{ text: `${user} has the rights of the owner of the log: revoke gatehouse_audit_owner from it.` }];
  if (facts.couldOwn)
    return [
      {
        text: `${user}, as which the gateway connects, could make itself the owner of the log. Let another role provision, and give DATABASE_URL one without CREATEROLE.`,
        warning: !exposed,
      },
    ];
  return [];
}

function settings({ notDurable, version, ddlGuarded, monthsAhead }: SecurityFacts): Finding[] {
  const found: Finding[] = notDurable.map((setting) => ({
    text: `${setting}: what is acknowledged could be lost. Turn it on in postgresql.conf, or where it was set for the role or database.`,
  }));
  if (version === undefined) return found;
  if (monthsAhead < 1)
    found.push({ text: 'There is no partition for next month: entries would be refused from then on.', warning: true });
  if (!ddlGuarded)
    found.push({ text: 'No event trigger guards the schema: a superuser has to provision for that.', warning: true });
  return found;
}

function shortened(list: readonly string[]): string {
  const more = list.length - LISTED;
  return more > 0 ? `${list.slice(0, LISTED).join('; ')} and ${more} more` : list.join('; ');
}
