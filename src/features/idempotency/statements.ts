import type { QueryConfig } from 'pg';
import type { Claim, Place } from './claim';

export interface ClaimRow {
  readonly held: boolean;
  readonly same_body: boolean;
  readonly request_id: string;
  readonly received_at: Date;
  /** Null while the call is being answered, and for another body. */
  readonly sealed: Buffer | null;
}

// All times are the database's: the clocks of replicas may differ. Whoever finds no row came between two others: it is busy.
const CLAIM = `
  with claimed as (
    insert into idempotent_answers as a
      (tenant_id, key_hash, body_hash, state, holder, lease_until, request_id, received_at, expires_at, person)
    values ($1, $2, $3, 'claimed', $4, now() + make_interval(secs => $7), $5, $6, now() + make_interval(secs => $8), $9)
    on conflict (tenant_id, key_hash) do update set
      body_hash = excluded.body_hash, state = 'claimed', holder = excluded.holder, lease_until = excluded.lease_until,
      request_id = excluded.request_id, received_at = excluded.received_at, expires_at = excluded.expires_at, sealed = null,
      person = excluded.person
    where (a.state = 'claimed' and a.lease_until <= now()) or (a.state = 'answered' and a.expires_at <= now())
    returning request_id, received_at)
  select true as held, true as same_body, request_id, received_at, null::bytea as sealed from claimed
  union all
  select false, body_hash = $3, request_id, received_at, case when body_hash = $3 then sealed end
  from idempotent_answers
  where tenant_id = $1 and key_hash = $2 and not exists (select from claimed)
    and case state when 'claimed' then lease_until else expires_at end > now()`;

const RENEW = `
  update idempotent_answers a set lease_until = now() + make_interval(secs => $4)
  from unnest($1::uuid[], $2::bytea[], $3::uuid[]) as c (tenant_id, key_hash, holder)
  where a.tenant_id = c.tenant_id and a.key_hash = c.key_hash and a.holder = c.holder and a.state = 'claimed'`;

const KEEP = `
  update idempotent_answers
  set state = 'answered', lease_until = null, sealed = $4, expires_at = now() + make_interval(secs => $5)
  where tenant_id = $1 and key_hash = $2 and holder = $3 and state = 'claimed'`;

const RELEASE = `
  delete from idempotent_answers where tenant_id = $1 and key_hash = $2 and holder = $3 and state = 'claimed'`;

const SWEEP = `
  delete from idempotent_answers where (tenant_id, key_hash) in (
    select tenant_id, key_hash from idempotent_answers
    where expires_at <= now() and (state = 'answered' or lease_until <= now())
    order by expires_at limit $1 for update skip locked)`;

// whoever is still answering finds its claim gone and keeps nothing
const purge = (which: string): string => `
  delete from idempotent_answers where (tenant_id, key_hash) in (
    select tenant_id, key_hash from idempotent_answers
    where tenant_id = $1 and ($2::timestamptz is null or received_at <= $2) ${which} limit $3 for update)`;
const PURGE = purge('');
const PURGE_OF_PERSON = purge('and person = $4');

const HAS = `select from idempotent_answers where tenant_id = $1 and person = $2 limit 1`;

export function claimStatement(claim: Claim, leaseMs: number, keepSeconds: number): QueryConfig {
  const { tenantId, key, body, holder, requestId, receivedAt, person = null } = claim;
  const terms = [leaseMs / 1_000, keepSeconds];
  const values = [tenantId, key, body, holder, requestId, new Date(receivedAt), ...terms, person];
  return { name: 'claim-answer', text: CLAIM, values };
}

export function renewStatement(claims: readonly Claim[], leaseMs: number): QueryConfig {
  const columns = [claims.map((c) => c.tenantId), claims.map((c) => c.key), claims.map((c) => c.holder)];
  return { name: 'renew-claims', text: RENEW, values: [...columns, leaseMs / 1_000] };
}

export function keepStatement(claim: Claim, sealed: Buffer, keepSeconds: number): QueryConfig {
  return { name: 'keep-answer', text: KEEP, values: [...ownership(claim), sealed, keepSeconds] };
}

export function releaseStatement(claim: Claim): QueryConfig {
  return { name: 'release-claim', text: RELEASE, values: ownership(claim) };
}

export function sweepStatement(limit: number): QueryConfig {
  return { name: 'sweep-answers', text: SWEEP, values: [limit] };
}

/** @param person of everybody when absent */
export function purgeStatement(
  tenantId: string,
  person: Buffer | undefined,
  before: Date | undefined,
  limit: number,
): QueryConfig {
  const values = [tenantId, before ?? null, limit];
  return person ? { text: PURGE_OF_PERSON, values: [...values, person] } : { text: PURGE, values };
}

export function hasStatement(tenantId: string, person: Buffer): QueryConfig {
  return { text: HAS, values: [tenantId, person] };
}

function ownership({ tenantId, key, holder }: Place & Pick<Claim, 'holder'>): unknown[] {
  return [tenantId, key, holder];
}
