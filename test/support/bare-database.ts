import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export interface BareDatabase {
  readonly name: string;
  /** For the role that the application connects as; it owns the database. */
  readonly url: string;
  /** For a superuser. */
  readonly adminUrl: string;
  /** For a superuser, in another database. */
  readonly serverUrl: string;
  drop(): Promise<void>;
}

/** An empty database that nothing was done to: neither migrated nor provisioned. */
export async function bareDatabase(): Promise<BareDatabase> {
  const serverUrl = process.env['GATEHOUSE_TEST_SERVER'];
  const run = process.env['GATEHOUSE_TEST_RUN'];
  if (!serverUrl || !run) throw new Error('a test with a database is an e2e or a contract test');
  const name = `test_${run}_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `create database "${name}" owner gatehouse`);
  const adminUrl = at(serverUrl, name);
  return {
    name,
    url: withRole(adminUrl, 'gatehouse', new URL(serverUrl).password),
    adminUrl,
    serverUrl,
    drop: () => onServer(serverUrl, `drop database if exists "${name}" with (force)`),
  };
}

export function withRole(databaseUrl: string, role: string, password: string): string {
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = password;
  return url.href;
}

function at(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = name;
  return url.href;
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
