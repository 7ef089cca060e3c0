export const BEGIN = `
  insert into batches (job_id, tenant_id) values ($1, $2)
  on conflict (job_id) do update set finalizing_at = null, closing_at = null, closed_at = null, epoch = batches.epoch + 1`;
export const START = `
  update batches set total = $2, in_progress_at = coalesce(in_progress_at, clock_timestamp()) where job_id = $1`;
export const COUNT = `
  update batches set completed = greatest(completed, $2), failed = greatest(failed, $3) where job_id = $1`;
export const REFUSE = `update batches set faults = $2 where job_id = $1`;
export const CLOSE = `
  insert into batches (job_id, tenant_id, closing_at) values ($1, $2, clock_timestamp())
  on conflict (job_id) do update set closing_at = clock_timestamp()`;
export const CLAIM = `
  update batches set closing_at = clock_timestamp() + make_interval(secs => $1)
  where job_id = (
    select job_id from batches where closing_at <= clock_timestamp() order by closing_at limit 1 for update skip locked)
  returning job_id`;
export const DEFER = `update batches set closing_at = clock_timestamp() + make_interval(secs => $2) where job_id = $1`;
export const ASSEMBLE = `
  update batches set epoch = epoch + 1, finalizing_at = coalesce(finalizing_at, clock_timestamp()) where job_id = $1
  returning *, 0 as sent_ago_ms`;
export const RENEW = `
  update batches set closing_at = case when closing_at is null then null else clock_timestamp() + make_interval(secs => $3) end
  where job_id = $1 and epoch = $2 returning job_id`;
export const SETTLE = `
  update batches set output_file = $3, error_file = $4, completed = $5, failed = $6 where job_id = $1 and epoch = $2
  returning job_id`;
export const CLOSED = `
  update batches set closing_at = null, closed_at = clock_timestamp() where job_id = $1 and epoch = $2`;
const ALL = `*, extract(epoch from clock_timestamp() - sent_at)::float8 * 1000 as sent_ago_ms`;
export const FIND = `select ${ALL} from batches where job_id = any ($1)`;
export const DECIDE = `
  update batches set why = case when way is null then $3 else why end, provider = case when way is null then $4 else provider end,
    model = case when way is null then $5 else model end, way = coalesce(way, $2) where job_id = $1
  returning ${ALL}`;
export const SENDING = `update batches set sent_at = clock_timestamp() where job_id = $1`;
export const SENT = `update batches set remote_id = coalesce(remote_id, $2) where job_id = $1`;
export const WATCHED = `update batches set remote_status = $2 where job_id = $1`;
export const COLLECTED = `update batches set collected_at = coalesce(collected_at, clock_timestamp()) where job_id = $1`;
export const TURNED_AWAY = `update batches set way = 'here', why = 'refused' where job_id = $1`;
export const REMOTE_IDS = `select remote_id from batches where provider = $1 and remote_id is not null and job_id <> $2`;
