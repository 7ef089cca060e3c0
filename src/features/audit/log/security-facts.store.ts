import type { ClientBase } from 'pg';
import { versionOf } from './provision/schema-version';
import type { SecurityFacts } from './security-facts';
import { securityFactsSql } from './security-facts-sql';

type Row = Omit<SecurityFacts, 'version'> & { readonly comment: string | null };

/** @param client connected as the application is, with the same settings */
export async function readSecurityFacts(client: ClientBase): Promise<SecurityFacts> {
  const server = await client.query<{ server: number }>(
    `select current_setting('server_version_num')::int / 10000 as server`,
  );
  const { rows } = await client.query<Row>(securityFactsSql(server.rows[0]!.server));
  const { comment, ...facts } = rows[0]!;
  return { ...facts, version: versionOf(comment) };
}
