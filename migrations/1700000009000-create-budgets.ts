import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Budgets, and what is held for calls under way. What was spent is in the ledger (`spend_totals`) and nowhere here, so that
 * no counter has to be reset. A hold counts while its owner is alive and it has not expired, or from when its call ended
 * until the ledger has the call. Money is whole picodollars.
 */
export class CreateBudgets1700000009000 implements MigrationInterface {
  name = 'CreateBudgets1700000009000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table budgets (
        id uuid not null constraint budgets_pkey primary key,
        tenant_id uuid not null references tenants (id),
        scope text not null check (scope in ('tenant', 'key', 'user', 'tag')),
        name text not null,
        period text not null check (period in ('day', 'month', 'total', 'rolling')),
        rolling_days smallint check ((period = 'rolling') = (rolling_days is not null) and rolling_days between 1 and 90),
        limit_picos numeric(38, 0) not null check (limit_picos >= 0),
        hard boolean not null,
        action text not null check (action in ('block', 'downgrade', 'queue')),
        downgrade_to text check ((action = 'downgrade') = (downgrade_to is not null)),
        soft smallint[] not null,
        created_at timestamptz not null,
        created_by uuid not null,
        deleted_at timestamptz
      )`);
    await q.query(`create index budgets_tenant on budgets (tenant_id, id) where deleted_at is null`);
    // moves with every change: processes see by it that there is something to read
    await q.query(`
      create table budget_revision (
        single boolean primary key default true check (single),
        revision bigint not null
      )`);
    await q.query(`insert into budget_revision (revision) values (1)`);
    await q.query(`
      create table budget_owners (
        id uuid not null constraint budget_owners_pkey primary key,
        lease_until timestamptz not null
      ) with (fillfactor = 50)`);
    // n tells apart the several times that one call asked for money
    await q.query(`
      create table budget_holds (
        call_id uuid not null,
        n bigint not null,
        budget_id uuid not null,
        owner uuid not null,
        at timestamptz not null,
        picos numeric(38, 0) not null,
        settled boolean not null default false,
        expires_at timestamptz not null,
        constraint budget_holds_pkey primary key (call_id, n, budget_id)
      ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`);
    await q.query(`create index budget_holds_budget on budget_holds (budget_id)`);
    await q.query(`create index budget_holds_owner on budget_holds (owner)`);
    await q.query(`
      create table budget_alerts (
        budget_id uuid not null references budgets (id),
        window_start timestamptz not null,
        percent smallint not null,
        spent_picos numeric(38, 0) not null,
        at timestamptz not null default clock_timestamp(),
        told_at timestamptz,
        constraint budget_alerts_pkey primary key (budget_id, window_start, percent)
      )`);
    await q.query(`create index budget_alerts_untold on budget_alerts (at) where told_at is null`);
    await createWindows(q);
    await createStates(q);
    await createTake(q);
    await createSettle(q);
    await createAlerts(q);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop function budget_alert(uuid[])`);
    await q.query(`drop function budget_settle(jsonb)`);
    await q.query(`drop function budget_take(uuid, interval, interval, jsonb)`);
    await q.query(`drop function budget_states(uuid[], timestamptz[])`);
    await q.query(`drop function budget_window(text, int, timestamptz, timestamptz)`);
    for (const table of ['budget_alerts', 'budget_holds', 'budget_owners', 'budget_revision', 'budgets'])
      await q.query(`drop table ${table}`);
  }
}

/** The window of a budget in which a moment lies. Whole hours, for the ledger adds up by the hour. */
async function createWindows(q: QueryRunner): Promise<void> {
  await q.query(`
    create function budget_window(period text, days int, created timestamptz, moment timestamptz,
      out starts timestamptz, out ends timestamptz)
    language sql stable as $$
      select
        case period
          when 'day' then date_trunc('day', moment, 'UTC')
          when 'month' then date_trunc('month', moment, 'UTC')
          when 'total' then date_trunc('hour', created, 'UTC')
          else date_trunc('hour', moment - make_interval(hours => 24 * days), 'UTC')
        end,
        case period
          when 'day' then date_trunc('day', moment, 'UTC') + interval '24 hours'
          when 'month' then (date_trunc('month', moment at time zone 'UTC') + interval '1 month') at time zone 'UTC'
        end
    $$`);
}

/** What is spent and held of budgets, each in its window of a moment. One statement: one state of the ledger and the holds. */
async function createStates(q: QueryRunner): Promise<void> {
  await q.query(`
    create function budget_states(ids uuid[], moments timestamptz[])
    returns table (budget_id uuid, starts timestamptz, ends timestamptz, spent numeric, held numeric)
    language sql stable as $$
      with asked as (
        select distinct b.id, b.tenant_id, b.scope, b.name, w.starts, w.ends
        from unnest(ids, moments) as a (id, moment)
        join budgets b on b.id = a.id and b.deleted_at is null
        cross join lateral budget_window(b.period, b.rolling_days, b.created_at, a.moment) w
      )
      select asked.id, asked.starts, asked.ends,
        coalesce((
          select sum(t.picos) from spend_totals t
          where t.scope = asked.scope and t.tenant_id = asked.tenant_id and t.name = asked.name
            and t.hour >= asked.starts and t.hour < coalesce(asked.ends, 'infinity')), 0),
        coalesce((
          select sum(h.picos) from budget_holds h
          left join budget_owners o on o.id = h.owner
          where h.budget_id = asked.id and h.at >= asked.starts and h.at < coalesce(asked.ends, 'infinity')
            and (h.settled or (h.expires_at > clock_timestamp() and o.lease_until > clock_timestamp()))), 0)
      from asked
    $$`);
}

/**
 * Sets money aside for calls, in their order, each for all of its budgets or for none. The rows of the budgets are locked,
 * in order, until the transaction ends: whoever comes next sees what was decided here.
 */
async function createTake(q: QueryRunner): Promise<void> {
  await q.query(`
    create function budget_take(taker uuid, lease interval, longest interval, takes jsonb) returns jsonb
    language plpgsql as $$
    declare
      asked uuid[];
      moments timestamptz[];
      rooms jsonb;
      results jsonb := '[]';
      t record;
      k int;
      room numeric;
      spent numeric;
      granted bigint;
      amount numeric;
      refusal jsonb;
      over boolean;
    begin
      select array_agg(a.id), array_agg(a.moment) into asked, moments from (
        select distinct i.id::uuid as id, to_timestamp((e ->> 'at')::numeric / 1000) as moment
        from jsonb_array_elements(takes) e cross join lateral jsonb_array_elements_text(e -> 'budgets') i (id)) a;
      perform from budgets b where b.id = any (asked) order by b.id for update;
      insert into budget_owners as o (id, lease_until) values (taker, clock_timestamp() + lease)
        on conflict (id) do update set lease_until = excluded.lease_until
        where o.lease_until < clock_timestamp() + lease * 0.5;
      -- a statement of its own: it sees what was committed by whoever held the locks before
      select coalesce(jsonb_object_agg(s.budget_id || '@' || s.starts, jsonb_build_object(
          'left', b.limit_picos - s.spent - s.held, 'spent', s.spent, 'starts', s.starts, 'ends', s.ends)), '{}')
        into rooms from budget_states(asked, moments) s join budgets b on b.id = s.budget_id;

      for t in
        select x.*, p.ids, p.keys, p.hards, p.limits, coalesce(cardinality(p.ids), 0) as size
        from rows from (jsonb_to_recordset(takes) as (
          call_id uuid, n bigint, at numeric, budgets uuid[], base numeric, per numeric, tokens bigint,
          elastic boolean, least bigint)) with ordinality x (call_id, n, at, budgets, base, per, tokens, elastic, least, i)
        cross join lateral (
          -- what blocks comes first: it is what a refusal names
          select array_agg(b.id order by b.action, b.id) as ids, array_agg(b.id || '@' || w.starts order by b.action, b.id) as keys,
            array_agg(b.hard order by b.action, b.id) as hards, array_agg(b.limit_picos order by b.action, b.id) as limits
          from budgets b
          cross join lateral budget_window(b.period, b.rolling_days, b.created_at, to_timestamp(x.at / 1000)) w
          where b.id = any (x.budgets) and b.deleted_at is null) p
        order by x.i
      loop
        granted := t.tokens;
        refusal := null;
        over := false;
        if t.elastic and t.per > 0 then
          for k in 1 .. t.size loop
            room := (rooms #>> array[t.keys[k], 'left'])::numeric;
            if t.hards[k] and t.base + t.per * t.tokens > room / 10 then
              granted := least(granted, greatest(t.least, floor((room / 10 - t.base) / t.per)::bigint));
            end if;
          end loop;
        end if;
        amount := t.base + t.per * granted;
        for k in 1 .. t.size loop
          room := (rooms #>> array[t.keys[k], 'left'])::numeric;
          if amount <= room then continue; end if;
          if not t.hards[k] then
            over := true;
          elsif refusal is null then
            spent := (rooms #>> array[t.keys[k], 'spent'])::numeric;
            refusal := jsonb_build_object('budget', t.ids[k], 'limit', t.limits[k]::text, 'asked', amount::text,
              -- what this very batch was granted is held by now
              'spent', spent::text, 'held', (t.limits[k] - spent - room)::text,
              'starts', rooms #>> array[t.keys[k], 'starts'], 'ends', rooms #>> array[t.keys[k], 'ends']);
          end if;
        end loop;
        if refusal is null then
          insert into budget_holds (call_id, n, budget_id, owner, at, picos, expires_at)
            select t.call_id, t.n, i.id, taker, to_timestamp(t.at / 1000), amount, clock_timestamp() + longest
            from unnest(t.ids) i (id);
          for k in 1 .. t.size loop
            room := (rooms #>> array[t.keys[k], 'left'])::numeric;
            rooms := jsonb_set(rooms, array[t.keys[k], 'left'], to_jsonb(room - amount));
          end loop;
          results := results || jsonb_build_object('picos', amount::text, 'tokens', granted, 'over', over);
        else
          results := results || jsonb_build_object('refusal', refusal);
        end if;
      end loop;
      return results;
    end $$`);
}

/**
 * Lowers what is held for calls that ended to what they cost; a call without cost frees it at once. A row that somebody else
 * is about to delete is left to them: nothing here waits, and what is lost only holds too much until the ledger has the call.
 */
async function createSettle(q: QueryRunner): Promise<void> {
  await q.query(`
    create function budget_settle(settles jsonb) returns void
    language plpgsql as $$
    begin
      perform set_config('synchronous_commit', 'off', true);
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

/** Notes which thresholds the spend of budgets has reached in the present window: once for each window and threshold. */
async function createAlerts(q: QueryRunner): Promise<void> {
  await q.query(`
    create function budget_alert(ids uuid[]) returns void
    language sql as $$
      insert into budget_alerts (budget_id, window_start, percent, spent_picos)
      select b.id,
        -- a rolling window never begins anew: it is told of again after as many days as it has
        case b.period when 'rolling' then to_timestamp(
          floor(extract(epoch from now()) / (86400 * b.rolling_days)) * 86400 * b.rolling_days) else s.starts end,
        p.percent, s.spent
      from budgets b
      join budget_states(ids, array_fill(now(), array[cardinality(ids)])) s on s.budget_id = b.id
      cross join lateral unnest(b.soft) as p (percent)
      where s.spent * 100 >= b.limit_picos * p.percent
      on conflict do nothing
    $$`);
}
