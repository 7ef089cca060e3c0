import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files that tenants hand in and batches leave. Name and content are sealed; content lies in pieces, each bound to its place. */
export class CreateFiles1700000011000 implements MigrationInterface {
  name = 'CreateFiles1700000011000';

  async up(q: QueryRunner): Promise<void> {
    // `bytes` of a file that is still coming is what is set aside for it
    await q.query(`
      create table files (
        id uuid not null constraint files_pkey primary key,
        tenant_id uuid not null references tenants (id),
        key_id uuid not null,
        state text not null check (state in ('coming', 'kept')),
        purpose text,
        bytes bigint not null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        sealed bytea,
        constraint files_kept check (state = 'coming' or (purpose is not null and sealed is not null))
      )`);
    await q.query(`create index files_of_tenant on files (tenant_id, id)`);
    await q.query(`create index files_expiry on files (expires_at)`);
    await q.query(`
      create table file_pieces (
        file_id uuid not null references files (id) on delete cascade,
        n int not null,
        sealed bytea not null,
        constraint file_pieces_pkey primary key (file_id, n)
      )`);
    // sealed bytes do not compress
    await q.query(`alter table file_pieces alter column sealed set storage external`);
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of ['file_pieces', 'files']) await q.query(`drop table ${table}`);
  }
}
