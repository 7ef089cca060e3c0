import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Promotions of models: where each stands, and how it came there. Names and figures; nothing that anybody said. */
export class CreatePromotions1700000018500 implements MigrationInterface {
  name = 'CreatePromotions1700000018500';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table promotions (
        id uuid not null,
        tenant_id uuid not null,
        alias text not null,
        candidate text not null,
        suite text not null,
        plan jsonb not null,
        state text not null check (state in
          ('evaluating', 'awaiting_approval', 'canary', 'promoted', 'rolled_back', 'rejected', 'cancelled', 'failed')),
        step integer not null default 0,
        reason text,
        incumbent text not null,
        former text[] not null,
        alias_version integer not null,
        flag text not null,
        flag_version integer,
        eval_run uuid not null,
        requested_by uuid not null,
        approved_by uuid,
        evaluation jsonb,
        comparison jsonb,
        canary_since timestamptz,
        step_since timestamptz,
        created_at timestamptz not null default now(),
        changed_at timestamptz not null default now(),
        constraint promotions_pkey primary key (id)
      )`);
    // an alias has one model on trial at a time
    await q.query(`
      create unique index promotions_under_way on promotions (alias)
       where state in ('evaluating', 'awaiting_approval', 'canary')`);
    await q.query(`
      create table promotion_steps (
        promotion_id uuid not null references promotions on delete cascade,
        n integer not null,
        state text not null,
        step integer not null,
        reason text,
        by_key uuid,
        entry_id uuid not null,
        at timestamptz not null default now(),
        constraint promotion_steps_pkey primary key (promotion_id, n)
      )`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table promotion_steps`);
    await q.query(`drop table promotions`);
  }
}
