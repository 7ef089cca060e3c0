import { STRETCH_BITS } from './search-terms';

/**
 * Catches `audit.entries` up with the headers. Whoever reads calls it first; when there is nothing to do it costs two
 * look-ups. The result is decided by the headers alone, so it does not matter who calls it.
 */
export const PROJECT = `
create or replace function audit.project_range(low bigint, high bigint) returns void
language sql security definer set search_path = audit, pg_temp as $$
  with made as (
    insert into entries (part_month, index, first_index, position, turn, entry_id, parent, ts, cost_micros, event, request_id,
                         tenant, actor, user_id, session, model, model_resolved, provider, outcome, flags)
    select x.part_month, x.first_index + l.line - 1, x.first_index, l.line - 1, h.turn, h.entry_id, h.parent, h.ts,
           h.cost_micros, h.event, left(h.request_id, 400), left(h.tenant, 400), left(h.actor, 400), left(h.user_id, 400),
           left(h.session, 400), left(h.model, 400), left(h.model_resolved, 400), left(h.provider, 400),
           left(h.outcome, 400), h.compliance_flags
      from batches b
      join headers x on x.part_month = b.part_month and x.first_index = b.first_index
      cross join lateral unnest(string_to_array(x.headers, e'\\n')) with ordinality as l (header, line)
      cross join lateral json_to_record(l.header::json) as h (
        turn int, entry_id uuid, parent uuid, ts timestamptz, cost_micros bigint, event text, request_id text, tenant text,
        actor text, user_id text, session text, model text, model_resolved text, provider text, outcome text,
        compliance_flags text[])
     where b.first_index >= project_range.low and b.first_index < project_range.high
    returning part_month, index, ts
  )
  insert into spans as s (part_month, stretch, low, high, earliest, latest)
  select part_month, index >> ${STRETCH_BITS}, min(index), max(index), min(ts), max(ts) from made group by 1, 2
  on conflict (part_month, stretch) do update
    set high = greatest(s.high, excluded.high), earliest = least(s.earliest, excluded.earliest),
        latest = greatest(s.latest, excluded.latest);
$$;

-- one header that no gateway wrote must not hide all others: it is found as an event of its own
create or replace function audit.project_unreadable(low bigint, high bigint) returns void
language plpgsql security definer set search_path = audit, pg_temp as $$
declare
  batch record;
begin
  for batch in
    select b.first_index, b.n, b.part_month, b.committed_at from batches b
     where b.first_index >= project_unreadable.low and b.first_index < project_unreadable.high order by b.first_index
  loop
    begin
      perform project_range(batch.first_index, batch.first_index + 1);
    exception when data_exception or program_limit_exceeded or not_null_violation then
      insert into entries (part_month, index, first_index, position, ts, event)
        select batch.part_month, batch.first_index + i, batch.first_index, i, batch.committed_at, 'unreadable'
          from generate_series(0, batch.n - 1) as i;
      insert into spans as s (part_month, stretch, low, high, earliest, latest)
        select batch.part_month, i >> ${STRETCH_BITS}, min(i), max(i), batch.committed_at, batch.committed_at
          from generate_series(batch.first_index, batch.first_index + batch.n - 1) as i group by 2
        on conflict (part_month, stretch) do update
          set high = greatest(s.high, excluded.high), earliest = least(s.earliest, excluded.earliest),
              latest = greatest(s.latest, excluded.latest);
    end;
  end loop;
end $$;

create or replace function audit.project(max_batches int default 500) returns bigint
language plpgsql security definer set search_path = audit, pg_temp as $$
declare
  done bigint;
  stop bigint;
  pending regclass;
begin
  select p.upto into done from projection p;
  if not exists (select from batches b where b.first_index >= done) then return done; end if;
  perform pg_advisory_xact_lock(7143002, 2);
  select p.upto into done from projection p;
  select max(b.first_index + b.n) into stop
    from (select first_index, n from batches where first_index >= done order by first_index limit project.max_batches) b;
  if stop is null then return done; end if;
  begin
    perform project_range(done, stop);
  exception when data_exception or program_limit_exceeded or not_null_violation then
    perform project_unreadable(done, stop);
  end;
  for pending in
    select i.inhrelid::regclass from pg_inherits i join pg_index x on x.indexrelid = i.inhrelid join pg_class c on c.oid = x.indrelid
     where i.inhparent = 'audit.entries_terms'::regclass
       and c.relname in (select to_char(b.part_month, '"entries"_YYYY_MM') from batches b where b.first_index >= done and b.first_index < stop)
  loop
    perform gin_clean_pending_list(pending);
  end loop;
  update projection set upto = stop;
  return stop;
end $$;
`;
