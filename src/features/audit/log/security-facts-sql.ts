import { AUDIT_ROLES, roleName } from '../../../platform/database/audit-connection';
import { EVIDENCE, GUARD_TRIGGERS } from './provision/guards-sql';

const list = (texts: readonly string[]) => `array[${texts.map((text) => `'${text}'`).join(', ')}]`;
const OWNER = roleName('owner');

/** Functions that a role may call; all others are the owner's. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  writer: ['append'],
  reader: ['project', 'terms', 'flag_terms'],
  checkpointer: ['project', 'terms', 'flag_terms', 'open_log', 'new_epoch', 'publish', 'cosign', 'ensure_partitions'],
  retention: ['drop_segment', 'ensure_partitions'],
};
const MAY_CALL = AUDIT_ROLES.flatMap((role) => (CALLS[role] ?? []).map((name) => `('${roleName(role)}', '${name}')`));
const READERS = ['reader', 'checkpointer'].map((role) => roleName(role as (typeof AUDIT_ROLES)[number]));

/**
 * One row for `SecurityFacts`, from the catalogue alone: it can be asked by a role that has no right in the schema, and
 * when there is none. @param server major version: since 16 being a member and becoming are different things
 */
export const securityFactsSql = (server: number): string => {
  const become = server >= 16 ? 'SET' : 'MEMBER';
  return `
with me as (select oid, rolname, rolsuper, rolcreaterole from pg_roles where rolname = session_user),
schema as (select oid from pg_namespace where nspname = 'audit'),
roles as (select name, r.oid from unnest(${list(AUDIT_ROLES.map(roleName))}) as name left join pg_roles r on r.rolname = name),
owner as (select oid from pg_roles where rolname = '${OWNER}'),
relations as (select c.* from pg_class c join schema on c.relnamespace = schema.oid where c.relkind in ('r', 'p', 'v')),
evidence as (
  select c.oid, c.relname from relations c where c.relname = any (${list(EVIDENCE)})
  union all
  select c.oid, c.relname from relations c join pg_inherits i on i.inhrelid = c.oid join relations p on p.oid = i.inhparent
   where p.relname in ('headers', 'payloads')
),
holders as (
  select oid, rolname as name from pg_roles where oid in (select oid from roles) or (rolname = session_user and not rolsuper)
),
rights as (
  select h.name || ' may write audit.' || c.relname as what from holders h cross join relations c
   where has_table_privilege(h.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') or has_any_column_privilege(h.oid, c.oid, 'INSERT, UPDATE')
  union all
  select h.name || ' may read audit.' || c.relname from holders h cross join relations c
   where h.name <> all (${list(READERS)}) and (has_table_privilege(h.oid, c.oid, 'SELECT') or has_any_column_privilege(h.oid, c.oid, 'SELECT'))
  union all
  select case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end || ' has a right on audit.' || c.relname
    from relations c cross join lateral aclexplode(c.relacl) a
   where a.grantee <> c.relowner and a.grantee not in (select oid from holders)
  union all
  select h.name || ' may call audit.' || p.proname from holders h cross join pg_proc p join schema on p.pronamespace = schema.oid
   where has_function_privilege(h.oid, p.oid, 'EXECUTE')
     and (h.name, p.proname) not in (values ${MAY_CALL.join(', ')})
  union all
  select h.name || ' may create in the schema audit' from holders h cross join schema where has_schema_privilege(h.oid, schema.oid, 'CREATE')
)
select me.rolname as user, me.rolsuper as superuser,
  me.rolcreaterole and ${server >= 16 ? `coalesce(pg_has_role(me.oid, owner.oid, 'MEMBER WITH ADMIN OPTION'), false)` : 'true'} as "couldOwn",
  not me.rolsuper and coalesce(pg_has_role(me.oid, owner.oid, '${become}') or pg_has_role(me.oid, owner.oid, 'USAGE'), false) as owns,
  obj_description((select oid from schema), 'pg_namespace') as comment,
  (select coalesce(array_agg(name), '{}') from (
    select name from roles where oid is null or not pg_has_role(me.oid, oid, '${become}')
    union all select '${OWNER}' where owner.oid is null) r) as "missingRoles",
  (select coalesce(array_agg(name), '{}') from roles where not me.rolsuper and oid is not null and pg_has_role(me.oid, oid, 'USAGE')) as "inheritedRoles",
  (select coalesce(array_agg('audit.' || name), '{}') from unnest(${list(EVIDENCE)}) as name
    where exists (select from schema) and not exists (select from relations where relname = name)) as "missingTables",
  (select coalesce(array_agg(format('audit.%s: %s is %s', e.relname, wanted, case when t.oid is null then 'missing' else 'not always enabled' end) order by 1), '{}')
     from evidence e cross join unnest(${list(GUARD_TRIGGERS)}) as wanted
     left join pg_trigger t on t.tgrelid = e.oid and t.tgname = wanted
      and t.tgfoid = (select p.oid from pg_proc p join schema on p.pronamespace = schema.oid where p.proname = 'refuse')
    where t.tgenabled is distinct from 'A') as unguarded,
  (select coalesce(array_agg(what order by 1), '{}') from rights) as "excessiveRights",
  (select coalesce(array_agg(format('audit.%s belongs to %s', name, holder::regrole)), '{}') from (
    select relname::text as name, relowner as holder from relations
    union all select proname, proowner from pg_proc join schema on pronamespace = schema.oid
    union all select '', nspowner from pg_namespace where nspname = 'audit') o where owner.oid is not null and holder <> owner.oid) as "foreignOwners",
  (select coalesce(array_agg(name || ' is ' || setting), '{}') from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off') as "notDurable",
  (select count(*) = 2 from pg_event_trigger where evtname in ('gatehouse_audit_ddl', 'gatehouse_audit_drop') and evtenabled = 'A') as "ddlGuarded",
  (select count(*)::int from relations where relname ~ '^headers_\\d{4}_\\d{2}$'
      and relname > 'headers' || to_char(clock_timestamp() at time zone 'UTC', '_YYYY_MM')) as "monthsAhead"
from me left join owner on true`;
};
