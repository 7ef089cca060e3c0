import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';

export interface TestDatabase {
  /** For the role that the application connects as. */
  readonly url: string;
  drop(): Promise<void>;
}

const SOURCE_IN_USE = '55006';
const PATIENCE_MS = 15_000;

/** A private, migrated, empty database: a copy of the template that the global setup made. */
export async function testDatabase(): Promise<TestDatabase> {
  const name = `test_${setting('GATEHOUSE_TEST_RUN')}_${randomBytes(6).toString('hex')}`;
  await onServer((client) => copyTemplate(client, name));
  const url = new URL(setting('GATEHOUSE_TEST_SERVER'));
  url.username = 'gatehouse';
  url.pathname = name;
  return { url: url.href, drop: () => onServer((client) => drop(client, name)) };
}

/** The same database for a superuser. */
export function adminUrl(database: Pick<TestDatabase, 'url'>): string {
  const url = new URL(setting('GATEHOUSE_TEST_SERVER'));
  url.pathname = new URL(database.url).pathname;
  return url.href;
}

async function copyTemplate(client: Client, name: string): Promise<void> {
  const copy = `create database "${name}" template "${setting('GATEHOUSE_TEST_TEMPLATE')}" owner gatehouse`;
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(50))
    try {
      await client.query(copy);
      return;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== SOURCE_IN_USE || Date.now() > until) throw error;
    }
}

async function drop(client: Client, name: string): Promise<void> {
  await client.query(`drop database if exists "${name}" with (force)`);
}

async function onServer(work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client(setting('GATEHOUSE_TEST_SERVER'));
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: a test with a database is an e2e or a contract test`);
  return value;
}
