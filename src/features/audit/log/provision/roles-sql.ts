import { AUDIT_ROLES, roleName } from '../../../../platform/database/audit-connection';

const ALL_ROLES = (['owner', ...AUDIT_ROLES] as const).map(roleName);

/** Roles belong to the cluster, so another database may have made them, or be making them now. */
export const ROLES = ALL_ROLES.map(
  (name) => `
do $$ begin
  if not exists (select from pg_roles where rolname = '${name}') then
    create role ${name} nologin noinherit;
  elsif exists (select from pg_roles where rolname = '${name}' and (rolcanlogin or rolcreaterole or rolcreatedb)) then
    alter role ${name} nologin nocreaterole nocreatedb;
  end if;
end $$;`,
).join('');

/** What somebody else came to own is taken back. Only a superuser can. */
export const OWNERSHIP = `
do $$
declare
  astray record;
begin
  for astray in
    select c.oid::regclass::text as name, 'table' as kind from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'audit' and c.relkind in ('r', 'p', 'v') and c.relowner <> '${roleName('owner')}'::regrole
    union all
    select p.oid::regprocedure::text, 'function' from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = 'audit' and p.proowner <> '${roleName('owner')}'::regrole
    union all
    select 'audit', 'schema' from pg_namespace where nspname = 'audit' and nspowner <> '${roleName('owner')}'::regrole
  loop
    execute format('alter %s %s owner to ${roleName('owner')}', astray.kind, astray.name);
  end loop;
end $$;`;

/** Rights of each role, taken anew from nothing. Run as the owner. */
export const GRANTS = `
do $$
declare
  holder record;
begin
  for holder in
    select distinct c.oid::regclass as name, coalesce(r.rolname, 'public') as grantee
      from pg_class c left join pg_attribute t on t.attrelid = c.oid and t.attacl is not null
     cross join lateral (select * from aclexplode(c.relacl) union all select * from aclexplode(t.attacl)) a
      left join pg_roles r on r.oid = a.grantee
     where c.relnamespace = 'audit'::regnamespace and a.grantee <> c.relowner
  loop
    execute format('revoke all on %s from %s', holder.name,
      case holder.grantee when 'public' then 'public' else quote_ident(holder.grantee) end);
  end loop;
  for holder in
    select distinct p.oid::regprocedure as name, coalesce(r.rolname, 'public') as grantee
      from pg_proc p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
      left join pg_roles r on r.oid = a.grantee
     where p.pronamespace = 'audit'::regnamespace and a.grantee <> p.proowner
  loop
    execute format('revoke all on function %s from %s', holder.name,
      case holder.grantee when 'public' then 'public' else quote_ident(holder.grantee) end);
  end loop;
  for holder in
    select distinct coalesce(r.rolname, 'public') as grantee
      from pg_namespace n cross join lateral aclexplode(n.nspacl) a left join pg_roles r on r.oid = a.grantee
     where n.nspname = 'audit' and a.grantee <> n.nspowner
  loop
    execute format('revoke all on schema audit from %s',
      case holder.grantee when 'public' then 'public' else quote_ident(holder.grantee) end);
  end loop;
end $$;
grant usage on schema audit to ${AUDIT_ROLES.map(roleName).join(', ')};
grant select on audit.version, audit.epochs, audit.log, audit.batches, audit.headers, audit.payloads, audit.tiles,
  audit.checkpoints, audit.cosignatures, audit.entries, audit.spans, audit.projection
  to ${roleName('reader')}, ${roleName('checkpointer')};
grant execute on function audit.append(uuid, text, bigint, bytea, bytea, bytea, int, text, bytea) to ${roleName('writer')};
grant execute on function audit.project(int), audit.flag_terms(bigint, text[]),
  audit.terms(bigint, text, text, text, text, text, text, text, text, text, bigint, text[]) to ${roleName('reader')}, ${roleName('checkpointer')};
grant execute on function audit.open_log(text), audit.new_epoch(int),
  audit.publish(bigint, bytea, text, smallint[], bigint[], bytea[]), audit.cosign(int, bigint, text),
  audit.ensure_partitions(int) to ${roleName('checkpointer')};
grant execute on function audit.drop_segment(date), audit.ensure_partitions(int) to ${roleName('retention')};
`;
