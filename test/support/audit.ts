import { Client } from 'pg';
import { type CallView, callsIn } from '../../src/features/audit/calls/call-view';
import type { Header } from '../../src/features/audit/format/header';

const HOUR_MS = 3_600_000;

/**
 * Headers of the log in a test database, in order; read past the gateway, as a superuser.
 * @param requests only those of requests whose id begins so
 */
export async function headersOf(databaseUrl: string, requests = ''): Promise<Header[]> {
  const client = new Client(asSuperuser(databaseUrl));
  await client.connect();
  try {
    const { rows } = await client.query<{ line: string }>(
      `select line from audit.headers, string_to_table(headers, e'\\n') with ordinality as lines (line, place)
       where $1 = '' or position('"request_id":"' || $1 in line) > 0 order by first_index, place`,
      [requests],
    );
    return rows.map(({ line }) => JSON.parse(line) as Header);
  } finally {
    await client.end();
  }
}

/** Every call of the log, or those whose request id begins so. */
export async function callsOf(databaseUrl: string, requests = ''): Promise<CallView[]> {
  return callsIn(await headersOf(databaseUrl, requests), HOUR_MS);
}

/** The superuser of the test server, on that database. */
export function asSuperuser(databaseUrl: string): string {
  const url = new URL(process.env['GATEHOUSE_TEST_SERVER'] ?? '');
  url.pathname = new URL(databaseUrl).pathname;
  return url.href;
}
