import { Client } from 'pg';
import { asSuperuser } from './audit';

/** Every row of every table as PostgreSQL writes it, `bytea` in hexadecimal: what somebody who steals the database reads. */
export async function databaseText(url: string): Promise<string> {
  const client = new Client(asSuperuser(url));
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      for (const { row } of rows) found.push(`${name} ${row}`);
    }
    return found.join('\n');
  } finally {
    await client.end();
  }
}
