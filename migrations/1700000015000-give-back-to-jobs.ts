import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a call of a job took of the job's hold goes back there when the call fails or its process dies, so that the next attempt finds it.
 * `from_job` is how much that was.
 */
export class GiveBackToJobs1700000015000 implements MigrationInterface {
  name = 'GiveBackToJobs1700000015000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      alter table budget_holds add column job uuid, add column from_job numeric(38, 0) not null default 0`);
    await q.query(`create index budget_holds_job on budget_holds (job) where job is not null`);
    await createGiveBack(q);
    await replaceTake(q, true);
    await replaceSettle(q, true);
  }

  async down(q: QueryRunner): Promise<void> {
    await replaceTake(q, false);
    await replaceSettle(q, false);
    await q.query(`drop function budget_give_back(jsonb)`);
    await q.query(`alter table budget_holds drop column job, drop column from_job`);
  }
}

/** Adds to the newest hold of each job; one that has ended has none, and what comes late is free. */
async function createGiveBack(q: QueryRunner): Promise<void> {
  await q.query(`
    create function budget_give_back(backs jsonb) returns void
    language sql as $$
      update budget_holds j set picos = j.picos + b.picos
        from (select job, budget_id, sum(picos) as picos
              from jsonb_to_recordset(backs) as r (job uuid, budget_id uuid, picos numeric) group by 1, 2) b
        where j.call_id = b.job and j.budget_id = b.budget_id and not j.settled and b.picos > 0
          and j.n = (select max(x.n) from budget_holds x where x.call_id = b.job and x.budget_id = b.budget_id)
    $$`);
}

/**
 * A job is one process's at a time: what another one still holds for its calls nobody will settle.
 * @param gives false: as it was before
 */
async function replaceTake(q: QueryRunner, gives: boolean): Promise<void> {
  const reclaim = `
      with dead as (
        delete from budget_holds h
          where h.job = budget_take_for_job.job and h.owner <> taker and not h.settled returning h.job, h.budget_id, h.from_job)
      select jsonb_agg(jsonb_build_object('job', d.job, 'budget_id', d.budget_id, 'picos', d.from_job)) into backs from dead d;
      if backs is not null then
        perform budget_give_back(backs);
      end if;`;
  const remember = `
      update budget_holds h set job = budget_take_for_job.job, from_job = coalesce((
          select sum(least(b.value::numeric, taken)) from jsonb_each_text(before) b
          where split_part(b.key, '/', 1)::uuid = h.budget_id), 0)
        where h.call_id = (take ->> 'call_id')::uuid and h.n = (take ->> 'n')::bigint;`;
  await q.query(`
    create or replace function budget_take_for_job(taker uuid, lease interval, longest interval, take jsonb, job uuid) returns jsonb
    language plpgsql as $$
    declare
      verdict jsonb;
      before jsonb;
      taken numeric;
      backs jsonb;
    begin
      perform from budgets b where b.id in (select i::uuid from jsonb_array_elements_text(take -> 'budgets') i)
        order by b.id for update;
      ${gives ? reclaim : ''}
      select coalesce(jsonb_object_agg(h.budget_id || '/' || h.n, h.picos::text), '{}') into before from (
        select * from budget_holds x where x.call_id = budget_take_for_job.job and not x.settled
          and x.budget_id in (select i::uuid from jsonb_array_elements_text(take -> 'budgets') i)
        order by x.call_id, x.n, x.budget_id for update) h;
      update budget_holds h set picos = 0
        where h.call_id = budget_take_for_job.job and before ? (h.budget_id || '/' || h.n) and h.picos > 0;
      verdict := budget_take(taker, lease, longest, jsonb_build_array(take)) -> 0;
      taken := coalesce((verdict ->> 'picos')::numeric, 0);
      update budget_holds h set picos = greatest(0, (before ->> (h.budget_id || '/' || h.n))::numeric - taken)
        where h.call_id = budget_take_for_job.job and before ? (h.budget_id || '/' || h.n)
          and (before ->> (h.budget_id || '/' || h.n))::numeric > taken;
      ${gives ? remember : ''}
      return verdict;
    end $$`);
}

/**
 * As before; and what is to go back to a job goes there in the same step.
 * @param gives false: as it was before
 */
async function replaceSettle(q: QueryRunner, gives: boolean): Promise<void> {
  const back = `
      select jsonb_agg(jsonb_build_object('job', h.job, 'budget_id', h.budget_id, 'picos', h.from_job - s.picos)) into backs
        from budget_holds h
        join jsonb_to_recordset(settles) as s (call_id uuid, n bigint, picos numeric, back boolean)
          on h.call_id = s.call_id and h.n = s.n
        where s.back and h.job is not null and not h.settled and h.from_job > s.picos;
      if backs is not null then
        perform budget_give_back(backs);
      end if;`;
  await q.query(`
    create or replace function budget_settle(settles jsonb) returns void
    language plpgsql as $$
    declare
      backs jsonb;
    begin
      perform set_config('synchronous_commit', 'off', true);
      ${gives ? back : ''}
      delete from budget_holds where (call_id, n, budget_id) in (
        select h.call_id, h.n, h.budget_id from budget_holds h
        join jsonb_to_recordset(settles) as s (call_id uuid, n bigint, picos numeric)
          on h.call_id = s.call_id and h.n = s.n and s.picos = 0
        for update of h skip locked);
      update budget_holds u set picos = s.picos, settled = true, expires_at = clock_timestamp()
        from (
          select h.call_id, h.n, h.budget_id, s.picos from budget_holds h
          join jsonb_to_recordset(settles) as s (call_id uuid, n bigint, picos numeric)
            on h.call_id = s.call_id and h.n = s.n and s.picos > 0
          for update of h skip locked) s
        where u.call_id = s.call_id and u.n = s.n and u.budget_id = s.budget_id;
    end $$`);
}
