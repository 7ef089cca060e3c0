// One connection to the server for as long as a process uses it: it counts the users, and notices when the server dies.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const NAME = 'gatehouse-supervisor';
const GRACE_MS = 15_000; // a crash of one backend restarts them all
const RETRY_MS = 250;

/** An advisory lock; the number is arbitrary. */
const SOLE_USE = 4_158_227_061n;

/**
 * @typedef {object} Session
 * @property {(sql: string, values?: unknown[]) => Promise<pg.QueryResult>} query
 * @property {() => Promise<boolean>} takeSoleUse false when another process has it; it ends with this session
 * @property {() => Promise<boolean>} endAsLast ends the session; whether nobody else uses the server
 */

/** @returns {Promise<Session>} */
export async function watchServer(url, onLost) {
  let client;
  let ended = false;
  let sole = false;

  async function connect() {
    const next = new pg.Client({ connectionString: url, application_name: NAME, connectionTimeoutMillis: 5_000 });
    next.on('error', () => {}); // reported by 'end'
    next.once('end', () => client === next && void reconnect());
    await next.connect();
    client = next;
    if (sole) await client.query('select pg_try_advisory_lock($1)', [String(SOLE_USE)]);
  }

  async function reconnect() {
    client = undefined;
    for (const until = Date.now() + GRACE_MS; !ended && Date.now() < until; await sleep(RETRY_MS))
      if (
        await connect().then(
          () => true,
          () => false,
        )
      )
        return;
    if (!ended) onLost();
  }

  async function query(sql, values) {
    if (!client) throw new Error('the connection to PostgreSQL is lost');
    return client.query(sql, values);
  }

  async function takeSoleUse() {
    const { rows } = await query('select pg_try_advisory_lock($1) as taken', [String(SOLE_USE)]);
    return (sole = rows[0].taken);
  }

  async function endAsLast() {
    ended = true;
    const others = `select from pg_stat_activity where application_name = '${NAME}' and pid <> pg_backend_pid()`;
    const rowCount = await query(others).then(
      (result) => result.rowCount,
      () => 0,
    );
    await client?.end().catch(() => {});
    return rowCount === 0;
  }

  await connect();
  return { query, takeSoleUse, endAsLast };
}
