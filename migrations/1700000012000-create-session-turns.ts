import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many calls each session has made, so that every one gets a number. A session is a keyed pseudonym. */
export class CreateSessionTurns1700000012000 implements MigrationInterface {
  name = 'CreateSessionTurns1700000012000';

  async up(q: QueryRunner): Promise<void> {
    // a counter is changed often and never moves: room for the change beside it
    await q.query(`
      create table session_turns (
        tenant_id uuid not null,
        session_ref text collate "C" not null,
        turns int not null,
        last_at timestamptz not null,
        constraint session_turns_pkey primary key (tenant_id, session_ref)
      ) with (fillfactor = 70)`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table session_turns`);
  }
}
