/**
 * The only way into the log, and its hot path. Nothing in it is done once for each entry. Before the lock: what can be
 * judged without it. Under the lock: one look at the end of the log, three inserts.
 */
export const APPEND = `
create or replace function audit.append(
  batch_id uuid, writer text, lane bigint, previous bytea, root bytea, signature bytea, n int, headers text, payloads bytea
) returns table (first_index bigint, committed_at timestamptz)
language plpgsql security definer set search_path = audit, pg_temp set lock_timeout = '2s' as $$
#variable_conflict use_column
declare
  known batches;
  last batches;
  last_lane bigint;
  next_index bigint;
  month date;
  made_at timestamptz;
begin
  if append.n is null or append.n not between 1 and 1000 then
    raise exception 'audit: a batch has 1 to 1000 entries, not %', append.n using errcode = 'program_limit_exceeded';
  end if;
  if octet_length(append.headers) + coalesce(octet_length(append.payloads), 0) > 104857600 then
    raise exception 'audit: a batch has at most 104857600 bytes' using errcode = 'program_limit_exceeded';
  end if;
  if octet_length(append.headers) - octet_length(replace(append.headers, e'\\n', '')) is distinct from append.n - 1 then
    raise exception 'audit: the headers are not % lines', append.n using errcode = 'invalid_parameter_value';
  end if;
  -- a later statement has to see what the lock waited for
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'audit: append needs read committed' using errcode = 'active_sql_transaction';
  end if;
  -- what is acknowledged is durable, whatever the session was set to
  if current_setting('synchronous_commit') = 'off' then perform set_config('synchronous_commit', 'on', true); end if;

  perform pg_advisory_xact_lock(7143002, 1);

  select b.* into last from batches b order by b.first_index desc limit 1;
  select b.lane into last_lane from batches b where b.writer = append.writer order by b.lane desc limit 1;
  if append.lane is distinct from coalesce(last_lane, 0) + 1 then
    select b.* into known from batches b where b.batch_id = append.batch_id;
    if known.writer = append.writer and known.lane = append.lane and known.root = append.root then
      return query select known.first_index, known.committed_at;
      return;
    end if;
    raise exception 'audit: writer % is at lane %, not %', append.writer, coalesce(last_lane, 0) + 1, append.lane
      using errcode = 'object_not_in_prerequisite_state';
  end if;

  next_index := coalesce(last.first_index + last.n, 0);
  made_at := clock_timestamp();
  -- never an earlier month than the last one: the months are stretches of indexes
  month := greatest(date_trunc('month', made_at at time zone 'UTC')::date, last.part_month);
  insert into batches (first_index, n, batch_id, writer, lane, previous, root, signature, part_month, committed_at)
    values (next_index, append.n, append.batch_id, append.writer, append.lane, coalesce(append.previous, ''::bytea),
            append.root, append.signature, month, made_at);
  insert into headers (part_month, first_index, headers) values (month, next_index, append.headers);
  if octet_length(append.payloads) > 0 then
    insert into payloads (part_month, first_index, payloads) values (month, next_index, append.payloads);
  end if;
  return query select next_index, made_at;
end $$;
`;
