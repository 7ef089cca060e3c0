import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a report adds up; the same in both rollups. */
const MEASURES = `
  requests bigint not null,
  estimated bigint not null,
  unpriced bigint not null,
  unknown bigint not null,
  cache_hits bigint not null,
  input_tokens bigint not null,
  cache_read_tokens bigint not null,
  cache_write_tokens bigint not null,
  output_tokens bigint not null,
  thinking_tokens bigint not null,
  cost_picos numeric(38, 0) not null,
  saved_picos numeric(38, 0) not null`;

/**
 * The ledger: what each call used and cost, as the audit log tells it. Everything here can be made again from the log, apart
 * from months that were dropped there. Money is whole picodollars.
 */
export class CreateSpend1700000008000 implements MigrationInterface {
  name = 'CreateSpend1700000008000';

  async up(q: QueryRunner): Promise<void> {
    // texts in the order of their bytes: pages of reports follow the indexes
    // `at` follows from the id of the call, so that the pair is as unique as the id
    await q.query(`
      create table spend (
        call_id uuid not null,
        at timestamptz not null,
        entry_index bigint not null,
        tenant_id uuid not null,
        key_id text collate "C" not null,
        user_ref text collate "C",
        session_ref text collate "C",
        model text collate "C",
        provider text collate "C",
        provider_model text collate "C",
        provider_request_id text collate "C",
        operation text collate "C",
        outcome text collate "C" not null,
        tags text[] collate "C" not null default '{}',
        input_tokens bigint not null,
        cache_read_tokens bigint not null,
        cache_write_tokens bigint not null,
        cache_write_long_tokens bigint not null,
        output_tokens bigint not null,
        thinking_tokens bigint not null,
        estimated boolean not null,
        cost_picos numeric(38, 0),
        saved_picos numeric(38, 0) not null,
        cache text collate "C",
        reused boolean not null,
        spared jsonb,
        price_version text collate "C",
        constraint spend_pkey primary key (call_id, at)
      ) partition by range (at)`);
    await q.query(`create index spend_tenant_time on spend (tenant_id, at)`);
    await q.query(`create index spend_time on spend (at)`);
    await q.query(
      `create index spend_provider_request on spend (provider_request_id) where provider_request_id is not null`,
    );
    // attaching a table does not wait for those who read or write the others
    await q.query(`
      create function spend_ensure_partition(moment timestamptz) returns void language plpgsql as $$
      declare
        first date := date_trunc('month', moment at time zone 'UTC')::date;
        part text := 'spend_' || to_char(first, 'YYYYMM');
      begin
        if to_regclass(part) is not null then return; end if;
        execute format('create table %I (like spend including defaults)', part);
        execute format(
          'alter table spend attach partition %I for values from (%L) to (%L)', part,
          to_char(first, 'YYYY-MM-DD') || ' 00:00:00+00',
          to_char(first + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
      end $$`);
    // an hour's sum is changed often and never moves: room for the change beside it
    await q.query(`
      create table spend_totals (
        scope text not null check (scope in ('tenant', 'key', 'user', 'tag')),
        tenant_id uuid not null,
        name text not null,
        hour timestamptz not null,
        picos numeric(38, 0) not null,
        constraint spend_totals_pkey primary key (scope, tenant_id, name, hour)
      ) with (fillfactor = 70)`);
    // `grain` is a digest of the columns after it: names may be longer than an index takes
    await q.query(`
      create table spend_days (
        day date not null,
        tenant_id uuid not null,
        grain bytea not null,
        key_id text collate "C" not null,
        provider text collate "C" not null,
        model text collate "C" not null,
        user_ref text collate "C" not null,
        tags text[] collate "C" not null,
        ${MEASURES},
        constraint spend_days_pkey primary key (day, tenant_id, grain)
      ) with (fillfactor = 80)`);
    await q.query(`create index spend_days_tenant on spend_days (tenant_id, day)`);
    await q.query(`create index spend_days_user on spend_days (tenant_id, user_ref, day)`);
    // most questions are about no person and no tag: they read a hundredth of the rows here
    await q.query(`
      create table spend_model_days (
        day date not null,
        tenant_id uuid not null,
        grain bytea not null,
        key_id text collate "C" not null,
        provider text collate "C" not null,
        model text collate "C" not null,
        ${MEASURES},
        constraint spend_model_days_pkey primary key (day, tenant_id, grain)
      ) with (fillfactor = 80)`);
    await q.query(`create index spend_model_days_tenant on spend_model_days (tenant_id, day)`);
    // how far into the log the ledger reaches; moves in the transaction that writes what was read
    await q.query(`
      create table spend_cursor (
        single boolean primary key default true check (single),
        next_index bigint not null
      )`);
    await q.query(`insert into spend_cursor (next_index) values (0)`);
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of ['spend_cursor', 'spend_model_days', 'spend_days', 'spend_totals', 'spend'])
      await q.query(`drop table ${table}`);
    await q.query(`drop function spend_ensure_partition(timestamptz)`);
  }
}
