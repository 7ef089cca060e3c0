import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who is told of the end of a job, and what became of telling them. Where a webhook leads and what it says is sealed; of its host there
 * is a keyed hash, by which those under way are counted. A delivery is written in the transaction in which its job ends.
 */
export class CreateWebhooks1700000013000 implements MigrationInterface {
  name = 'CreateWebhooks1700000013000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table webhook_secrets (
        tenant_id uuid not null constraint webhook_secrets_pkey primary key references tenants (id),
        secret bytea not null,
        created_at timestamptz not null,
        previous bytea,
        previous_until timestamptz,
        constraint webhook_secrets_previous check ((previous is null) = (previous_until is null))
      )`);
    await q.query(`
      create table webhook_deliveries (
        id uuid not null constraint webhook_deliveries_pkey primary key,
        job_id uuid not null references jobs (id) on delete cascade,
        tenant_id uuid not null,
        event text not null,
        host bytea not null,
        sealed bytea not null,
        status text not null check (status in ('pending', 'delivered', 'failed')),
        created_at timestamptz not null,
        finished_at timestamptz,
        tries int not null default 0,
        failures int not null default 0,
        claim int not null default 0,
        next_at timestamptz not null,
        lease_until timestamptz,
        constraint webhook_deliveries_end check ((status = 'pending') = (finished_at is null)),
        constraint webhook_deliveries_lease check (status = 'pending' or lease_until is null)
      ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)`);
    // sealed bytes do not compress
    await q.query(`alter table webhook_deliveries alter column sealed set storage external`);
    await q.query(`create index webhook_deliveries_job on webhook_deliveries (job_id, id)`);
    await q.query(
      `create index webhook_deliveries_due on webhook_deliveries (tenant_id, host, next_at) where status = 'pending'`,
    );
    await q.query(
      `create index webhook_deliveries_waiting on webhook_deliveries (created_at) where status = 'pending'`,
    );
    await q.query(
      `create index webhook_deliveries_leased on webhook_deliveries (lease_until) where lease_until is not null`,
    );
    await q.query(`
      create table webhook_tries (
        delivery_id uuid not null references webhook_deliveries (id) on delete cascade,
        n int not null,
        at timestamptz not null,
        ms int not null,
        status smallint,
        failure text,
        constraint webhook_tries_pkey primary key (delivery_id, n)
      )`);
    await createClaim(q);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop function webhook_claim(int, int, int, interval)`);
    for (const table of ['webhook_tries', 'webhook_deliveries', 'webhook_secrets'])
      await q.query(`drop table ${table}`);
  }
}

/**
 * The webhooks to try next. Every tenant, and within it every host, has a line of its own: the first of each come first, then the
 * second ones. So a receiver that hangs holds up only its own line, and a tenant only its own. Bounds hold over all processes, for one
 * of them at a time counts and takes.
 */
async function createClaim(q: QueryRunner): Promise<void> {
  await q.query(`
    create function webhook_claim(most int, tenant_most int, host_most int, lease interval) returns setof webhook_deliveries
    language plpgsql
    -- plans made while the table was small are kept: every step must be one look into the index
    set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
    declare
      moment timestamptz;
    begin
      perform pg_advisory_xact_lock(7143002, 13);
      moment := clock_timestamp();
      return query
        with recursive lines as (
          (select d.tenant_id, d.host from webhook_deliveries d where d.status = 'pending' order by d.tenant_id, d.host limit 1)
          union all
          select next.tenant_id, next.host from lines l cross join lateral (
            select d.tenant_id, d.host from webhook_deliveries d
              where d.status = 'pending' and (d.tenant_id, d.host) > (l.tenant_id, l.host)
              order by d.tenant_id, d.host limit 1) next),
        busy as (
          select d.tenant_id, d.host, count(*)::int as n from webhook_deliveries d
            where d.lease_until is not null and d.lease_until > moment group by d.tenant_id, d.host),
        busy_tenants as (select b.tenant_id, sum(b.n)::int as n from busy b group by b.tenant_id),
        due as (
          select c.id, c.tenant_id, c.next_at, row_number() over (partition by l.tenant_id, l.host order by c.next_at) as place
            from lines l left join busy b on b.tenant_id = l.tenant_id and b.host = l.host
            cross join lateral (
              select d.id, d.tenant_id, d.next_at from webhook_deliveries d
                where d.status = 'pending' and d.tenant_id = l.tenant_id and d.host = l.host and d.next_at <= moment
                order by d.next_at limit greatest(0, host_most - coalesce(b.n, 0))) c),
        turns as (
          select d.id, d.next_at,
            coalesce(t.n, 0) + row_number() over (partition by d.tenant_id order by d.place, d.next_at) as turn
            from due d left join busy_tenants t on t.tenant_id = d.tenant_id),
        chosen as (select t.id from turns t where t.turn <= tenant_most order by t.turn, t.next_at limit most),
        mine as (
          select d.id from webhook_deliveries d
            where d.id in (select c.id from chosen c) and d.status = 'pending' and d.next_at <= moment
            for update skip locked)
        update webhook_deliveries d
          set lease_until = moment + lease, next_at = moment + lease, claim = d.claim + 1
          from mine where d.id = mine.id returning d.*;
    end $$`);
}
