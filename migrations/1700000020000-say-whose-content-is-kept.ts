import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Of whom answers, jobs and files are kept, so that they go when that person is erased: keyed hashes, in a job or a file as many as
 * it is about. What was kept before says nobody.
 */
export class SayWhoseContentIsKept1700000020000 implements MigrationInterface {
  name = 'SayWhoseContentIsKept1700000020000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`alter table idempotent_answers add column person bytea`);
    await q.query(`
      create index idempotent_answers_person on idempotent_answers (tenant_id, person) where person is not null`);
    for (const [table, of] of [
      ['job_persons', 'job'],
      ['file_persons', 'file'],
    ]) {
      await q.query(`
        create table ${table} (
          ${of}_id uuid not null references ${of}s (id) on delete cascade,
          person bytea not null,
          constraint ${table}_pkey primary key (${of}_id, person)
        )`);
      await q.query(`create index ${table}_person on ${table} (person)`);
    }
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of ['file_persons', 'job_persons']) await q.query(`drop table ${table}`);
    await q.query(`drop index idempotent_answers_person`);
    await q.query(`alter table idempotent_answers drop column person`);
  }
}
