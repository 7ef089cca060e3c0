import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How far each batch is, and which files it left. What it was asked and what its lines gave is kept with its job. `epoch` names
 * whoever puts the files together: somebody who was overtaken can write nothing more.
 */
export class CreateBatches1700000012500 implements MigrationInterface {
  name = 'CreateBatches1700000012500';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table batches (
        job_id uuid not null constraint batches_pkey primary key references jobs (id) on delete cascade,
        tenant_id uuid not null,
        total int not null default 0,
        completed int not null default 0,
        failed int not null default 0,
        in_progress_at timestamptz,
        finalizing_at timestamptz,
        closing_at timestamptz,
        closed_at timestamptz,
        output_file uuid,
        error_file uuid,
        epoch int not null default 0,
        faults bytea
      ) with (fillfactor = 70)`);
    await q.query(`create index batches_closing on batches (closing_at) where closing_at is not null`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table batches`);
  }
}
