// `npm run bench:usage -- --rows 10000000`: a ledger of its own, filled set-wise after a sample was held against the projector, then
// each report of `GET /v1/usage` a number of times, with the ledger in memory and without. Prints what a call costs the ledger with
// all these behind it and with none, how large the tables are, and p50 and p95 of the reports.
//   --keep      the next run with as many rows and days finds it filled; one that did not come to its end goes on in any case
import { existsSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { ensureDatabase, provisionAudit, startPg } from '../../tools/pg.mjs';
import { describeMachine } from '../machine.mjs';
import { median, table } from '../report.mjs';
import { askAll } from './asks.mjs';
import { forgetter } from './caches.mjs';
import { beginOf } from './calls.mjs';
import { fill } from './fill.mjs';
import { project } from './projector.mjs';
import { questions } from './questions.mjs';
import { compareSample } from './sample.mjs';
import { introduce, startGateway } from './site.mjs';
import { verify } from './verify.mjs';

const require = createRequire(import.meta.url);
const { migrate } = require(join(import.meta.dirname, '../../dist/platform/database/migrate.js'));

const DAY_MS = 86_400_000;
const SAMPLE = 20_000;
/** The last calls of the month, which the projector is timed with. */
const PROJECTED = 20_000;
const BYTES_OF_CALL = 2_500;
const LEDGER = 'usage';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '20' },
    keep: { type: 'boolean', default: false },
  },
});
const [count, days, rounds] = [options.rows, options.days, options.rounds].map(Number);
if (!(count >= 2 * PROJECTED && days >= 1 && rounds >= 1)) {
  process.stderr.write(`--rows must be at least ${2 * PROJECTED}, --days and --rounds at least 1\n`);
  process.exit(2);
}

const begun = performance.now();
const number = (value) => Math.round(value).toLocaleString('en-US');
const minutes = (ms) => `${(ms / 60_000).toFixed(1)} min`;
const say = (line) => process.stderr.write(`[bench] ${minutes(performance.now() - begun)}  ${line}\n`);

// a cluster of its own for each size: what is removed at the end is nobody else's
const dir = resolve(import.meta.dirname, '..', '.work', 'usage', `${count}-${days}`);
mkdirSync(dir, { recursive: true });
const { bavail, bsize } = statfsSync(dir);
if (!existsSync(join(dir, 'data')) && bavail * bsize < count * BYTES_OF_CALL)
  throw new Error(
    `${number(count)} calls need some ${number((count * BYTES_OF_CALL) / 1e9)} GB in ${dir}, and there are ${number((bavail * bsize) / 1e9)}`,
  );

const server = await startPg({ dir });
let finished = false;
const clients = [];
async function connect(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  clients.push(client);
  return client;
}

/** A database with the tables of the product and nothing in them. */
async function emptyLedger(name) {
  await server.session.query(`drop database if exists "${name}" with (force)`);
  const url = await ensureDatabase(server, name);
  await migrate(url);
  return { url, client: await connect(url) };
}

/**
 * The ledger of that size, and the month that it has: one that was begun before where there is one.
 * @returns {Promise<{url: string, client: pg.Client, month: import('./calls.mjs').Month}>}
 */
async function openLedger() {
  const url = await ensureDatabase(server, LEDGER);
  const client = await connect(url);
  const { rows } = await client.query(`select to_regclass('bench_month') is not null as begun`);
  if (rows[0].begun) {
    const { month } = (await client.query('select month from bench_month')).rows[0];
    say(`this ledger was begun before; its last day is ${new Date(month.to - 1).toISOString().slice(0, 10)}`);
    return { url, client, month };
  }
  await provisionAudit(server, LEDGER);
  const known = await introduce({ databaseUrl: url, dir });
  const today = Date.now() - (Date.now() % DAY_MS);
  const month = { count, days, to: today + DAY_MS, ...known };
  await client.query(
    `begin; truncate spend, spend_totals, spend_days, spend_model_days; create table bench_month (month jsonb)`,
  );
  await client.query('insert into bench_month values ($1)', [month]);
  await client.query('commit');
  return { url, client, month };
}

/** Fewer checkpoints while it is filled; what is measured has the settings of every installation. */
async function withRoomForWal(work) {
  const set = async (setting) => {
    await server.session.query(`alter system ${setting}`);
    await server.session.query('select pg_reload_conf()');
  };
  await set(`set max_wal_size = '8GB'`);
  try {
    return await work();
  } finally {
    await set('reset max_wal_size');
  }
}

async function fillUp({ client, month }) {
  const started = performance.now();
  let first;
  await fill(client, month, {
    until: count - PROJECTED,
    onDay: (done, before) => {
      first ??= before;
      const perMs = (done - first) / (performance.now() - started);
      say(`${number(done)} calls, ${number(perMs * 1_000)} a second, ${minutes((count - done) / perMs)} to go`);
    },
  });
}

/** @returns the cells of every report, of a gateway that knows every call */
async function askGateway({ url, month }) {
  const forget = await forgetter(await connect(server.url(LEDGER)), join(dir, 'data'));
  const gateway = await startGateway({ databaseUrl: url, dir });
  try {
    const asked = questions({ from: beginOf(month), to: month.to, tenant: month.tenant });
    const { ask } = gateway;
    const found = await askAll(asked, { ask, forget, rounds, onReport: (cells) => say(cells.join('  ')) });
    const [[, everything]] = asked;
    const [{ requests }] = (await (await ask(everything)).json()).data;
    if (requests !== count) throw new Error(`the report of everything tells of ${requests} calls`);
    return found;
  } finally {
    await gateway.stop();
  }
}

const SIZES = `
  select regexp_replace(relname, '_[0-9]{6}$', '') as name, sum(reltuples)::bigint::text as rows,
    sum(pg_table_size(oid))::text as heap, sum(pg_indexes_size(oid))::text as indexes
  from pg_class where relname like 'spend%' and relname <> 'spend_cursor' and relkind = 'r' group by 1 order by 1`;

try {
  const { url, client, month } = await openLedger();
  const sample = await compareSample(
    await emptyLedger('usage_projected'),
    await emptyLedger('usage_summed'),
    month,
    SAMPLE,
  );
  const compared = Object.entries(sample).map(([table, rows]) => `${number(rows)} of ${table}`);
  say(`set-wise as the projector does it, each row the same: ${compared.join(', ')}`);
  const last = [count - PROJECTED, count];
  const none = await emptyLedger('usage_none');
  const withNone = await project(none.client, none.url, month, ...last);
  await withRoomForWal(() => fillUp({ client, month }));
  await client.query('vacuum analyze');
  const [{ next_index: reached }] = (await client.query('select next_index from spend_cursor')).rows;
  const withAll = await project(client, url, month, Number(reached), count);
  await verify(client, month);
  await client.query('vacuum analyze');
  say('every day, hour and tenant: the sums are those of the calls, and the calls those made up');
  const found = await askGateway({ url, month });
  const { rows: sizes } = await client.query(SIZES);
  const { processor, node } = describeMachine();
  const cost = (micros) => (micros.length ? `${number(median(micros))} µs` : 'not measured again');
  const heads = ['report', 'rows', 'p50 ms, cold', 'p95 ms, cold', 'p50 ms, warm', 'p95 ms, warm'];
  const mb = ({ name: table, rows, heap, indexes }) => [
    table,
    number(Number(rows)),
    ...[heap, indexes].map((bytes) => number(Number(bytes) / 1e6)),
  ];
  process.stdout.write(
    `${number(count)} calls, ${days} days, ${rounds} asks each, ${minutes(performance.now() - begun)} in all\n`,
  );
  process.stdout.write(`${processor}, Node ${node}\n`);
  process.stdout.write(`a call costs the ledger ${cost(withNone)} with none behind it, ${cost(withAll)} with all\n\n`);
  process.stdout.write(`${table(heads, found)}${table(['table', 'rows', 'MB', 'MB of indexes'], sizes.map(mb))}`);
  finished = true;
} finally {
  await Promise.all(clients.map((client) => client.end()));
  await server.stop();
  if (finished && !options.keep) rmSync(dir, { recursive: true, force: true });
  else say(`the ledger is in ${dir}`);
}
