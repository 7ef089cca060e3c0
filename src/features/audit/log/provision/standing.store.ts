import type { ClientBase } from 'pg';
import { roleName } from '../../../../platform/database/audit-connection';
import { versionOf } from './schema-version';

const OLDEST_SERVER = 15;

/** Who is connected, and what is there. */
export interface Standing {
  readonly user: string;
  readonly superuser: boolean;
  readonly createRole: boolean;
  readonly ownsDatabase: boolean;
  /** Major version. */
  readonly server: number;
  readonly encoding: string;
  readonly ownerRoleExists: boolean;
  /** The role that connected may hand out the owner's role. */
  readonly governsOwner: boolean;
  readonly appRoleExists: boolean;
  readonly appSuperuser: boolean;
  readonly schemaExists: boolean;
  /** undefined when there is no schema, or one that is not the audit log's. */
  readonly version: number | undefined;
}

export async function readStanding(client: ClientBase, appRole: string): Promise<Standing> {
  const { rows } = await client.query<Omit<Standing, 'version' | 'governsOwner'> & { comment: string | null }>(
    `select session_user as user, me.rolsuper as superuser, me.rolcreaterole as "createRole",
            pg_has_role(session_user, d.datdba, 'member') as "ownsDatabase",
            current_setting('server_version_num')::int / 10000 as server,
            pg_encoding_to_char(d.encoding) as encoding,
            exists (select from pg_roles where rolname = $2) as "ownerRoleExists",
            exists (select from pg_roles where rolname = $1) as "appRoleExists",
            exists (select from pg_roles where rolname = $1 and rolsuper) as "appSuperuser",
            exists (select from pg_namespace where nspname = 'audit') as "schemaExists",
            (select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = 'audit') as comment
       from pg_roles me, pg_database d where me.rolname = session_user and d.datname = current_database()`,
    [appRole, roleName('owner')],
  );
  const { comment, ...standing } = rows[0]!;
  return {
    ...standing,
    governsOwner: standing.superuser || (await mayGrantOwner(client, standing)),
    version: versionOf(comment),
  };
}

/** Before 16 CREATEROLE was enough; since then one has to have made the role. */
async function mayGrantOwner(
  client: ClientBase,
  { createRole, server, ownerRoleExists }: Pick<Standing, 'createRole' | 'server' | 'ownerRoleExists'>,
): Promise<boolean> {
  if (!createRole || server < 16 || !ownerRoleExists) return createRole;
  const { rows } = await client.query<{ may: boolean }>(
    `select pg_has_role(session_user, $1, 'member with admin option') as may`,
    [roleName('owner')],
  );
  return rows[0]!.may;
}

/** Whether it is worth trying. */
export const isProvisioner = ({ superuser, createRole, ownsDatabase }: Standing): boolean =>
  superuser || (createRole && ownsDatabase);

/** @returns a sentence, or undefined when all is there to begin */
export function whyNotAble(s: Standing, appRole: string, canMakeApp: boolean, newest: number): string | undefined {
  if (s.server < OLDEST_SERVER)
    return `PostgreSQL ${s.server} is too old: the audit log needs ${OLDEST_SERVER} or newer.`;
  if (s.encoding !== 'UTF8') return `The database is encoded in ${s.encoding}: the audit log needs UTF8.`;
  if (!isProvisioner(s))
    return `${s.user} may not provision: it takes a superuser, or a role with CREATEROLE that owns the database.`;
  if (!s.governsOwner)
    return `${s.user} may not provision: the role ${roleName('owner')} was made by somebody else, who has to do it, or a superuser.`;
  if (s.schemaExists && s.version === undefined)
    return 'The database has a schema audit which is not the audit log: move it out of the way first.';
  if ((s.version ?? 0) > newest)
    return `The audit log was provisioned by a newer release (version ${s.version}, this one knows ${newest}): start that release.`;
  if (!s.appRoleExists && !canMakeApp)
    return `There is no role ${appRole}, and DATABASE_URL has no password to make it with.`;
  return undefined;
}
