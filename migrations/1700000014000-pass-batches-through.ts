import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Batches that a provider works off in a batch of its own: which way each goes and why, and where it is there. Whoever is killed after
 * the provider took it, and before that was written down, is told by `sent_at` to look for it first. Calls at the price of a batch are
 * marked in the ledger, so that they are priced again as such.
 */
export class PassBatchesThrough1700000014000 implements MigrationInterface {
  name = 'PassBatchesThrough1700000014000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      alter table batches
        add column way text check (way in ('here', 'provider')),
        add column why text,
        add column provider text,
        add column model text,
        add column sent_at timestamptz,
        add column remote_file text,
        add column remote_id text,
        add column remote_status text,
        add column collected_at timestamptz`);
    await q.query(`alter table spend add column batch boolean not null default false`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`alter table spend drop column batch`);
    await q.query(`
      alter table batches drop column way, drop column why, drop column provider, drop column model, drop column sent_at,
        drop column remote_file, drop column remote_id, drop column remote_status, drop column collected_at`);
  }
}
