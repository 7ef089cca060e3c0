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
/** A file that is gone meanwhile is nobody's. */
export const BELONG = `
  insert into file_persons (file_id, person) select f.id, p.person
    from files f, unnest($3::bytea[]) as p (person) where f.tenant_id = $1 and f.id = any ($2) on conflict do nothing`;
export const PERSONS = `
  select p.person from file_persons p join files f on f.id = p.file_id where f.tenant_id = $1 and f.id = any ($2)`;
const ALL = `select f.id from files f where f.tenant_id = $1 and ($2::timestamptz is null or f.created_at <= $2)`;
const OF_PERSON = `${ALL} and f.id in (select p.file_id from file_persons p where p.person = $4)`;
export const PURGE = `delete from files where id in (${ALL} limit $3 for update) returning id`;
export const PURGE_OF_PERSON = `delete from files where id in (${OF_PERSON} limit $3 for update of f) returning id`;
export const HAS = `${OF_PERSON} limit $3`;
export const SWEEP = `
  delete from files where id in (select id from files where expires_at < now() limit $1 for update skip locked) returning id`;
