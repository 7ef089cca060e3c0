import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row for every call, opened before a model is asked and closed after; one partition for each month (UTC). */
export class CreateLlmRequests1700000000000 implements MigrationInterface {
  name = 'CreateLlmRequests1700000000000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table llm_requests (
        id uuid not null,
        created_at timestamptz not null,
        request_id text not null,
        tenant_id uuid not null,
        key_id uuid not null,
        user_ref text,
        session_ref text,
        operation text not null,
        dialect text not null,
        stream boolean not null,
        model text,
        provider text,
        provider_model text,
        provider_request_id text,
        prompt_hash bytea not null,
        prompt_characters integer not null,
        status text not null default 'open'
          check (status in ('open', 'answered', 'refused', 'failed', 'abandoned', 'unknown')),
        error_code text,
        finish_reason text,
        input_tokens integer,
        cache_read_tokens integer,
        cache_write_tokens integer,
        output_tokens integer,
        thinking_tokens integer,
        usage_estimated boolean,
        cost_micros bigint,
        attempts smallint,
        dropped text[],
        first_token_ms integer,
        upstream_ms integer,
        latency_ms integer,
        closed_at timestamptz,
        primary key (id, created_at)
      ) partition by range (created_at)`);
    await q.query(`create index llm_requests_tenant_user_time on llm_requests (tenant_id, user_ref, created_at desc)`);
    await q.query(`create index llm_requests_time on llm_requests using brin (created_at)`);
    // also finds the calls that are still open: those have no model yet
    await q.query(`create index llm_requests_model_status on llm_requests (model, status)`);
    await q.query(`create index llm_requests_tenant_request on llm_requests (tenant_id, request_id)`);
    await q.query(`
      create function llm_requests_ensure_partitions(months integer) returns void language plpgsql as $$
      declare
        first date := date_trunc('month', now() at time zone 'UTC')::date;
        lower_bound date;
      begin
        -- the month before too: a call that began before midnight is recorded after it
        for offset_months in -1..months loop
          lower_bound := first + make_interval(months => offset_months);
          execute format(
            'create table if not exists %I partition of llm_requests for values from (%L) to (%L)',
            'llm_requests_' || to_char(lower_bound, 'YYYYMM'),
            to_char(lower_bound, 'YYYY-MM-DD') || ' 00:00:00+00',
            to_char(lower_bound + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
        end loop;
      end $$`);
    await q.query(`select llm_requests_ensure_partitions(2)`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop function llm_requests_ensure_partitions(integer)`);
    await q.query(`drop table llm_requests`);
  }
}
