import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Work that takes minutes. A job's row says where it stands and who holds its lease; what it was asked, what it gives on its way and
 * what it ends with are sealed. `seq` grows with every change that somebody may watch; each part of a job keeps the number of its last
 * change, so that whoever comes back reads only what is newer.
 */
export class CreateJobs1700000010000 implements MigrationInterface {
  name = 'CreateJobs1700000010000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table jobs (
        id uuid not null constraint jobs_pkey primary key,
        tenant_id uuid not null references tenants (id),
        key_id uuid not null,
        type text not null,
        status text not null check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired', 'dead')),
        priority smallint not null,
        created_at timestamptz not null,
        run_at timestamptz not null,
        due boolean not null,
        started_at timestamptz,
        claimed_at timestamptz,
        finished_at timestamptz,
        expires_at timestamptz not null,
        removed_at timestamptz,
        progress real not null default 0,
        stage text,
        seq bigint not null default 1,
        status_seq bigint not null default 1,
        progress_seq bigint not null default 0,
        attempt int not null default 0,
        failures smallint not null default 0,
        takeovers smallint not null default 0,
        worker uuid,
        lease_until timestamptz,
        rung_at timestamptz not null,
        submit_key bytea,
        submit_body bytea,
        submission bytea not null,
        result bytea,
        error_code text,
        error bytea,
        cost_picos numeric(38, 0) not null default 0,
        constraint jobs_lease check ((status = 'running') = (worker is not null and lease_until is not null)),
        constraint jobs_end check ((status in ('queued', 'running')) = (finished_at is null))
      ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)`);
    for (const column of ['submission', 'result', 'error'])
      // sealed bytes do not compress
      await q.query(`alter table jobs alter column ${column} set storage external`);
    await q.query(`create index jobs_due on jobs (tenant_id, priority desc, id) where status = 'queued' and due`);
    await q.query(`create index jobs_ahead on jobs (run_at) where status = 'queued' and not due`);
    await q.query(`create index jobs_running on jobs (lease_until, tenant_id) where status = 'running'`);
    await q.query(`create index jobs_turn on jobs (tenant_id, claimed_at) where claimed_at is not null`);
    await q.query(`create index jobs_of_tenant on jobs (tenant_id, id)`);
    await q.query(`create index jobs_of_key on jobs (key_id, id)`);
    await q.query(`create index jobs_end on jobs (expires_at) where status in ('queued', 'running')`);
    await q.query(`create index jobs_removal on jobs (removed_at) where removed_at is not null`);
    await q.query(`create index jobs_rung on jobs (rung_at) where status = 'queued' and due`);
    await q.query(`create unique index jobs_submit on jobs (tenant_id, submit_key) where submit_key is not null`);
    // the names of steps and partial results may tell of content: they are keyed hashes
    await q.query(`
      create table job_steps (
        job_id uuid not null references jobs (id) on delete cascade,
        step bytea not null,
        sealed bytea not null,
        constraint job_steps_pkey primary key (job_id, step)
      )`);
    await q.query(`
      create table job_partials (
        job_id uuid not null references jobs (id) on delete cascade,
        name bytea not null,
        seq bigint not null,
        at timestamptz not null,
        sealed bytea not null,
        constraint job_partials_pkey primary key (job_id, name)
      )`);
    await q.query(`create index job_partials_seq on job_partials (job_id, seq)`);
    for (const table of ['job_steps', 'job_partials'])
      await q.query(`alter table ${table} alter column sealed set storage external`);
    await q.query(`
      create table job_workers (
        id uuid not null constraint job_workers_pkey primary key,
        slots int not null,
        lease_until timestamptz not null
      ) with (fillfactor = 50)`);
    await createDue(q);
    await createClaim(q);
    await createFundedTake(q);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop function budget_take_for_job(uuid, interval, interval, jsonb, uuid)`);
    await q.query(`drop function job_claim(uuid, interval, text[])`);
    await q.query(`drop function job_due()`);
    for (const table of ['job_workers', 'job_partials', 'job_steps', 'jobs']) await q.query(`drop table ${table}`);
  }
}

/** Jobs whose start has come are due from now on. Those whose start lies ahead, however many, are in nobody's way. */
async function createDue(q: QueryRunner): Promise<void> {
  await q.query(`
    create function job_due() returns void
    language sql
    set enable_seqscan = off as $$
      update jobs set due = true where id in (
        select id from jobs where status = 'queued' and not due and run_at <= clock_timestamp()
        order by run_at limit 1000 for update skip locked)
    $$`);
}

/**
 * The job to do next: of the tenant with the fewest jobs under way, and among those the one that was served longest ago; then by
 * priority, then by age. Nobody waits for anybody: a row that somebody else is about to take is passed over.
 */
async function createClaim(q: QueryRunner): Promise<void> {
  await q.query(`
    create function job_claim(claimant uuid, lease interval, types text[]) returns setof jobs
    language plpgsql
    -- plans made while the table was small are kept
    set enable_seqscan = off as $$
    declare
      one uuid;
      found_id uuid;
    begin
      perform job_due();
      for one in
        with recursive waiting as (
          (select j.tenant_id from jobs j where j.status = 'queued' and j.due order by j.tenant_id limit 1)
          union all
          select (select j.tenant_id from jobs j where j.status = 'queued' and j.due and j.tenant_id > w.tenant_id
            order by j.tenant_id limit 1)
          from waiting w where w.tenant_id is not null)
        select w.tenant_id from waiting w
        left join (select r.tenant_id, count(*) as n from jobs r where r.status = 'running' group by r.tenant_id) r
          on r.tenant_id = w.tenant_id
        where w.tenant_id is not null
        order by coalesce(r.n, 0),
          (select max(t.claimed_at) from jobs t where t.tenant_id = w.tenant_id and t.claimed_at is not null) nulls first
      loop
        select j.id into found_id from jobs j
          where j.tenant_id = one and j.status = 'queued' and j.due
            and j.expires_at > clock_timestamp() and j.type = any (types)
          order by j.priority desc, j.id limit 1 for update skip locked;
        if found then
          return query update jobs j set status = 'running', worker = claimant, attempt = j.attempt + 1,
              lease_until = clock_timestamp() + lease, claimed_at = clock_timestamp(),
              started_at = coalesce(j.started_at, clock_timestamp()), seq = j.seq + 1, status_seq = j.seq + 1
            where j.id = found_id returning j.*;
          return;
        end if;
      end loop;
    end $$`);
}

/**
 * A call of a job takes first what is held for the job: that much less is held for it afterwards. One call at a time, so that
 * nobody else sees the room that is only changing hands.
 */
async function createFundedTake(q: QueryRunner): Promise<void> {
  await q.query(`
    create function budget_take_for_job(taker uuid, lease interval, longest interval, take jsonb, job uuid) returns jsonb
    language plpgsql as $$
    declare
      verdict jsonb;
      before jsonb;
      taken numeric;
    begin
      perform from budgets b where b.id in (select i::uuid from jsonb_array_elements_text(take -> 'budgets') i)
        order by b.id for update;
      select coalesce(jsonb_object_agg(h.budget_id || '/' || h.n, h.picos::text), '{}') into before from (
        select * from budget_holds x where x.call_id = job and not x.settled
          and x.budget_id in (select i::uuid from jsonb_array_elements_text(take -> 'budgets') i)
        order by x.call_id, x.n, x.budget_id for update) h;
      update budget_holds h set picos = 0
        where h.call_id = job and before ? (h.budget_id || '/' || h.n) and h.picos > 0;
      verdict := budget_take(taker, lease, longest, jsonb_build_array(take)) -> 0;
      taken := coalesce((verdict ->> 'picos')::numeric, 0);
      update budget_holds h set picos = greatest(0, (before ->> (h.budget_id || '/' || h.n))::numeric - taken)
        where h.call_id = job and before ? (h.budget_id || '/' || h.n)
          and (before ->> (h.budget_id || '/' || h.n))::numeric > taken;
      return verdict;
    end $$`);
}
