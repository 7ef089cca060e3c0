/** Tables of which nothing may ever be changed. */
export const EVIDENCE = [
  'version',
  'epochs',
  'batches',
  'headers',
  'payloads',
  'tiles',
  'checkpoints',
  'cosignatures',
] as const;
/** The triggers that see to it; each is ENABLE ALWAYS on each table and partition. */
export const GUARD_TRIGGERS = ['refuse_rows', 'refuse_statements'] as const;

/**
 * Row triggers see what a subscription replays, statement triggers see TRUNCATE, and statements that match nothing. Neither
 * kind on a partitioned table sees a TRUNCATE of a partition, so partitions have their own.
 */
export const GUARDS = `
create or replace function audit.refuse() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'audit: % of %.% is refused, the log only grows', tg_op, tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;

-- adds what is missing and enables what is not; touches nothing that is in order
create or replace function audit.protect(guarded regclass) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  wanted record;
  state "char";
begin
  for wanted in select * from (values
    ('refuse_rows', 'before update or delete on %s for each row'),
    ('refuse_statements', 'before update or delete or truncate on %s for each statement')) as t (name, condition)
  loop
    select t.tgenabled into state from pg_trigger t
     where t.tgrelid = protect.guarded and t.tgname = wanted.name and t.tgfoid = 'audit.refuse()'::regprocedure;
    if not found then
      execute format('create or replace trigger %I ' || wanted.condition || ' execute function audit.refuse()', wanted.name, protect.guarded);
    end if;
    if state is distinct from 'A' then
      execute format('alter table %s enable always trigger %I', protect.guarded, wanted.name);
    end if;
  end loop;
end $$;

create or replace function audit.protect_all() returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  guarded regclass;
begin
  for guarded in
    select c.oid::regclass from pg_class c
     where c.relnamespace = 'audit'::regnamespace and c.relkind in ('r', 'p')
       and (c.relname = any (array[${EVIDENCE.map((name) => `'${name}'`).join(', ')}]) or exists (
         select from pg_inherits i where i.inhrelid = c.oid
            and i.inhparent in ('audit.headers'::regclass, 'audit.payloads'::regclass)))
     order by c.relkind
  loop
    perform audit.protect(guarded);
  end loop;
end $$;
`;

/**
 * Stops a careless hand, also a superuser's: no DDL in the schema outside of the functions above. Whoever may, may remove
 * it; the proofs are against them. Made by a superuser, who also owns the function, for it runs with the rights of whoever
 * issues DDL. It is in a schema of its own, so that it does not go with the one that it guards.
 */
export const DDL_GUARD = `
create schema if not exists audit_guard;
create or replace function audit_guard.guard_ddl() returns event_trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  touched text;
begin
  if current_setting('gatehouse_audit.maintenance', true) = 'on' then return; end if;
  if tg_event = 'sql_drop' then
    select d.object_identity into touched from pg_event_trigger_dropped_objects() d
     where d.schema_name in ('audit', 'audit_guard') or (d.object_type = 'schema' and d.object_name = 'audit') limit 1;
  else
    select c.object_identity into touched from pg_event_trigger_ddl_commands() c
     where (c.schema_name in ('audit', 'audit_guard')
            or (c.object_type = 'schema' and obj_description(c.objid, 'pg_namespace') like 'gatehouse audit log,%'))
       and c.command_tag not in ('REINDEX', 'CREATE INDEX', 'COMMENT', 'CREATE STATISTICS') limit 1;
  end if;
  if touched is not null then
    raise exception 'audit: % of % is refused, the log only grows', tg_tag, touched using errcode = 'insufficient_privilege';
  end if;
end $$;
revoke execute on function audit_guard.guard_ddl() from public;
do $$
begin
  if not exists (select from pg_event_trigger where evtname = 'gatehouse_audit_ddl') then
    create event trigger gatehouse_audit_ddl on ddl_command_end execute function audit_guard.guard_ddl();
  end if;
  if not exists (select from pg_event_trigger where evtname = 'gatehouse_audit_drop') then
    create event trigger gatehouse_audit_drop on sql_drop execute function audit_guard.guard_ddl();
  end if;
  if exists (select from pg_event_trigger where evtname = 'gatehouse_audit_ddl' and evtenabled <> 'A') then
    alter event trigger gatehouse_audit_ddl enable always;
  end if;
  if exists (select from pg_event_trigger where evtname = 'gatehouse_audit_drop' and evtenabled <> 'A') then
    alter event trigger gatehouse_audit_drop enable always;
  end if;
end $$;
`;
