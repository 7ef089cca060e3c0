/** Months: their partitions are made ahead of time, and dropped only when the log itself says that they may be. */
export const SEGMENTS = `
create or replace function audit.ensure_partitions(months_ahead int default 3) returns int
language plpgsql security definer set search_path = audit, pg_temp set lock_timeout = '2s' as $$
declare
  present date := date_trunc('month', clock_timestamp() at time zone 'UTC')::date;
  last date := (select b.part_month from batches b order by b.first_index desc limit 1);
  parent text;
  name text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(7143002, 4);
  perform set_config('gatehouse_audit.maintenance', 'on', true);
  for ahead in 0..greatest(ensure_partitions.months_ahead, 0) loop
    declare
      month date := (greatest(present, last) + make_interval(months => ahead))::date;
    begin
      foreach parent in array array['headers', 'payloads', 'entries'] loop
        name := parent || to_char(month, '_YYYY_MM');
        continue when to_regclass('audit.' || name) is not null;
        -- attached, not created in place: that would keep readers and writers out
        execute format('create table audit.%I (like audit.%I including all excluding indexes)', name, parent);
        execute format('alter table audit.%I attach partition audit.%I for values from (%L) to (%L)',
          parent, name, month, (month + interval '1 month')::date);
        if parent <> 'entries' then
          perform protect(('audit.' || name)::regclass);
          made := made + 1;
        else
          execute format('alter table audit.%I set (autovacuum_analyze_scale_factor = 0.02)', name);
        end if;
      end loop;
    end;
  end loop;
  perform set_config('gatehouse_audit.maintenance', '', true);
  return made;
end $$;

-- how many entries went; 0 when the month is gone already, so that it can be repeated
create or replace function audit.drop_segment(month date) returns bigint
language plpgsql security definer set search_path = audit, pg_temp set lock_timeout = '2s' as $$
declare
  dropped bigint;
  sealed bigint;
  permit bigint;
  held uuid;
  parent text;
begin
  if drop_segment.month is null or extract(day from drop_segment.month) <> 1 then
    raise exception 'audit: % is not the first day of a month', drop_segment.month using errcode = 'invalid_parameter_value';
  end if;
  -- appends wait, so that no hold is placed meanwhile
  perform pg_advisory_xact_lock(7143002, 1);
  while exists (select from batches b where b.first_index >= (select p.upto from projection p)) loop
    perform project(500);
  end loop;
  if drop_segment.month >= (select b.part_month from batches b order by b.first_index desc limit 1) then
    raise exception 'audit: % is still being written', to_char(drop_segment.month, 'YYYY-MM')
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  select max(e.index) into permit
    from entries e join headers h on h.part_month = e.part_month and h.first_index = e.first_index
   where e.event = 'retention.drop'
     and split_part(h.headers, e'\\n', e.position + 1)::json #>> '{metadata,month}' = to_char(drop_segment.month, 'YYYY-MM');
  if permit is null then
    raise exception 'audit: no retention.drop entry names %', to_char(drop_segment.month, 'YYYY-MM')
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  select max(c.size) into sealed from checkpoints c where c.epoch = (select l.epoch from log l);
  if coalesce(sealed, 0) <= permit then
    raise exception 'audit: no checkpoint covers the retention.drop entry % yet', permit
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  -- a hold whose period the month does not touch is no obstacle; what a hold says is read in the log, not in a copy
  with said as (
    select e.index, e.event, e.entry_id, e.parent, split_part(h.headers, e'\\n', e.position + 1)::json -> 'metadata' as metadata
      from entries e join headers h on h.part_month = e.part_month and h.first_index = e.first_index
     where e.event in ('hold.place', 'hold.release')
  ), times as (
    select min(earliest) as earliest, max(latest) as latest from spans where part_month = drop_segment.month
  )
  select p.entry_id into held from said p cross join times t
   where p.event = 'hold.place'
     and coalesce((p.metadata ->> 'from')::timestamptz <= t.latest, true)
     and coalesce((p.metadata ->> 'to')::timestamptz >= t.earliest, true)
     and not exists (select from said r where r.event = 'hold.release' and r.index > p.index
                        and (r.parent = p.entry_id or r.metadata ->> 'hold' = p.metadata ->> 'hold'))
   order by p.index limit 1;
  if found then
    raise exception 'audit: the hold % has not been released', held using errcode = 'object_not_in_prerequisite_state';
  end if;

  if to_regclass(format('audit.headers%s', to_char(drop_segment.month, '_YYYY_MM'))) is null then return 0; end if;
  select sum(b.n) into dropped from batches b where b.part_month = drop_segment.month;
  perform set_config('gatehouse_audit.maintenance', 'on', true);
  foreach parent in array array['headers', 'payloads', 'entries'] loop
    execute format('drop table audit.%I', parent || to_char(drop_segment.month, '_YYYY_MM'));
  end loop;
  perform set_config('gatehouse_audit.maintenance', '', true);
  delete from spans s where s.part_month = drop_segment.month;
  return coalesce(dropped, 0);
end $$;
`;
