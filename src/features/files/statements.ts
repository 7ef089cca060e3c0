export const COLUMNS = 'id, tenant_id, key_id, purpose, bytes, created_at, expires_at, sealed';

/** The first number is arbitrary but must never change. */
export const LOCK_TENANT = 'select pg_advisory_xact_lock(7143011, hashtext($1))';
export const USED = `select count(*)::text as files, coalesce(sum(bytes), 0)::text as bytes from files where tenant_id = $1`;
export const BEGIN = `
  insert into files (id, tenant_id, key_id, state, bytes, created_at, expires_at)
  values ($1, $2, $3, 'coming', $4, now(), now() + make_interval(secs => $5))`;
export const KEEP_PIECE = 'insert into file_pieces (file_id, n, sealed) values ($1, $2, $3)';
export const FINISH = `
  update files set state = 'kept', purpose = $2, bytes = $3, expires_at = now() + make_interval(secs => $4), sealed = $5
   where id = $1 and state = 'coming' returning ${COLUMNS}`;
export const PIECE = 'select sealed from file_pieces where file_id = $1 and n = $2';
export const REMOVE = 'delete from files where tenant_id = $1 and id = $2 returning id';
export const SWEEP = `
  delete from files where id in (select id from files where expires_at < now() limit $1 for update skip locked) returning id`;
