import type { Client } from 'pg';

/**
 * What a restore from an old copy leaves: nothing from the batch at that index on.
 * @param admin a superuser
 * @param derived what is made of the log for searches: gone, or left as it was before the loss
 */
export async function loseFrom(admin: Client, index: number, derived: 'gone' | 'left' = 'gone'): Promise<void> {
  await admin.query(`
    drop event trigger if exists gatehouse_audit_ddl; drop event trigger if exists gatehouse_audit_drop;
    alter table audit.batches disable trigger user; alter table audit.headers disable trigger user;
    alter table audit.checkpoints disable trigger user; alter table audit.payloads disable trigger user;
    set session_replication_role = replica;
    delete from audit.batches where first_index >= ${index};
    delete from audit.checkpoints where size > ${index}`);
  if (derived === 'gone')
    await admin.query('update audit.projection set upto = 0; delete from audit.entries; delete from audit.spans');
  const { rows } = await admin.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent in ('audit.headers'::regclass, 'audit.payloads'::regclass)`,
  );
  for (const { name } of rows)
    await admin.query(`alter table ${name} disable trigger user; delete from ${name} where first_index >= ${index}`);
  for (const name of [
    'audit.batches',
    'audit.headers',
    'audit.checkpoints',
    'audit.payloads',
    ...rows.map((row) => row.name),
  ])
    await admin.query(
      `alter table ${name} enable always trigger refuse_rows; alter table ${name} enable always trigger refuse_statements`,
    );
  await admin.query('set session_replication_role = origin');
}
