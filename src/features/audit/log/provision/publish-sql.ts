/** What the checkpointer may do: begin the log, and add tiles, checkpoints and cosignatures. Insert-only, like the rest. */
export const PUBLISH = `
-- the log's name and epoch; begins it when it is new
create or replace function audit.open_log(new_origin text) returns table (origin text, epoch int)
language plpgsql security definer set search_path = audit, pg_temp set lock_timeout = '2s' as $$
#variable_conflict use_column
begin
  perform pg_advisory_xact_lock(7143002, 1);
  if not exists (select from epochs) then insert into epochs (epoch, origin) values (1, open_log.new_origin); end if;
  return query select l.origin, l.epoch from log l;
end $$;

-- after a restore: the log goes on under a new name. The epoch that the caller means to open guards against two of them.
create or replace function audit.new_epoch(opened int) returns table (origin text, epoch int)
language plpgsql security definer set search_path = audit, pg_temp set lock_timeout = '2s' as $$
#variable_conflict use_column
declare
  present log;
  remain bigint;
begin
  perform pg_advisory_xact_lock(7143002, 1);
  select * into present from log;
  if new_epoch.opened is distinct from present.epoch + 1 then
    raise exception 'audit: the log is in epoch %, so % cannot be opened', present.epoch, new_epoch.opened
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  insert into epochs (epoch, origin) values (new_epoch.opened, present.origin);
  -- entries that are gone are not found any more; those that take their indexes will be
  perform pg_advisory_xact_lock(7143002, 2);
  select coalesce(max(b.first_index + b.n), 0) into remain from batches b;
  delete from entries e where e.index >= remain;
  delete from spans s where s.low >= remain;
  update spans s set high = remain - 1 where s.high >= remain;
  update projection p set upto = remain where p.upto > remain;
  return query select l.origin, l.epoch from log l;
end $$;

-- false when that checkpoint is there already; a different one for the same size is a fork and refused
create or replace function audit.publish(
  size bigint, root bytea, note text, tile_levels smallint[] default '{}', tile_ns bigint[] default '{}', tile_hashes bytea[] default '{}'
) returns boolean
language plpgsql security definer set search_path = audit, pg_temp set lock_timeout = '2s' as $$
#variable_conflict use_column
declare
  present int;
  head bigint;
  last checkpoints;
begin
  perform pg_advisory_xact_lock(7143002, 3);
  select l.epoch into present from log l;
  select b.first_index + b.n into head from batches b order by b.first_index desc limit 1;
  if publish.size > coalesce(head, 0) then
    raise exception 'audit: a checkpoint of % entries, but there are %', publish.size, coalesce(head, 0)
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if exists (
    select from unnest(publish.tile_levels, publish.tile_ns, publish.tile_hashes) as given (level, n, hashes)
      join tiles t using (level, n) where t.hashes is distinct from given.hashes
  ) then
    raise exception 'audit: a tile differs from the one that is stored' using errcode = 'integrity_constraint_violation';
  end if;
  insert into tiles (level, n, hashes)
    select given.level, given.n, given.hashes
      from unnest(publish.tile_levels, publish.tile_ns, publish.tile_hashes) as given (level, n, hashes)
    on conflict do nothing;
  select c.* into last from checkpoints c where c.epoch = present order by c.size desc limit 1;
  if last.size > publish.size then
    raise exception 'audit: the last checkpoint has % entries, more than %', last.size, publish.size
      using errcode = 'object_not_in_prerequisite_state';
  elsif last.size = publish.size then
    if last.root is distinct from publish.root then
      raise exception 'audit: another checkpoint of % entries is stored', publish.size
        using errcode = 'integrity_constraint_violation';
    end if;
    return false;
  end if;
  insert into checkpoints (epoch, size, root, note) values (present, publish.size, publish.root, publish.note);
  return true;
end $$;

-- a witness's signature that came after the checkpoint was published
create or replace function audit.cosign(epoch int, size bigint, line text) returns boolean
language plpgsql security definer set search_path = audit, pg_temp set lock_timeout = '2s' as $$
begin
  insert into cosignatures (epoch, size, line) values (cosign.epoch, cosign.size, cosign.line) on conflict do nothing;
  return found;
end $$;
`;
