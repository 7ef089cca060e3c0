// `npm run bench:usage -- --rows 1000000`: a ledger of its own, filled as the projector does, then each report a few times.
// Prints what a call costs the projector, how large the tables are, and p50 and p95 of the reports.
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDatabase, startPg } from '../../tools/pg.mjs';
import { scratch } from '../audit/scratch.mjs';
import { describeMachine } from '../machine.mjs';
import { table } from '../report.mjs';
import { callRows } from './rows.mjs';

const require = createRequire(import.meta.url);
const dist = (path) => require(join(import.meta.dirname, '../../dist', path));
const { Ledger } = dist('features/cost/ledger/ledger.store.js');
const { SpendHooks } = dist('features/cost/ledger/spend-hooks.js');
const { UsageReports } = dist('features/cost/usage/usage-reports.store.js');
const { migrate } = dist('platform/database/migrate.js');

const DAY_MS = 86_400_000;
const TOGETHER = 2_000;
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '20' },
  },
});
const count = Number(options.rows);
const say = (line) => process.stderr.write(`[bench] ${line}\n`);
const day = (ms) => new Date(ms).toISOString().slice(0, 10);
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

async function fill(ledger, rows) {
  const started = performance.now();
  let [batch, from, shown] = [[], 0, 0];
  const put = async () => {
    await ledger.project({ from, next: from + batch.length, rows: batch, ended: [] });
    from += batch.length;
    batch = [];
    if (from - shown >= 100_000) say(`${(shown = from)} calls`);
  };
  for (const row of rows) if (batch.push(row) === TOGETHER) await put();
  if (batch.length) await put();
  return ((performance.now() - started) * 1_000) / count;
}

function questions(period, tenant) {
  const ask = (title, groups, filter = {}) => [title, { groups, filter: { ...period, ...filter }, limit: 101 }];
  const lastDay = { from: day(Date.parse(period.to) - DAY_MS), to: period.to };
  return [
    ask('all, one row', []),
    ask('all, by tenant', ['tenant']),
    ask('all, by model and day', ['model', 'day']),
    ask('all, by tag', ['tag']),
    ask('all, by tenant, user and day (first page)', ['tenant', 'user', 'day']),
    ask('one tenant, by day', ['day'], { tenant }),
    ask('one tenant, by user', ['user'], { tenant }),
    ask('one tenant, by tag and model', ['tag', 'model'], { tenant }),
    ask('one person, by model', ['model'], { tenant, user: 's_0_1' }),
    ask('one tenant, by session, one day', ['session'], { tenant, ...lastDay }),
  ];
}

async function measure(work) {
  const times = [];
  let rows = 0;
  for (let round = 0; round < Number(options.rounds); round++) {
    const started = performance.now();
    rows = (await work()).length;
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return [rows, ...[0.5, 0.95].map((q) => quantile(times, q).toFixed(1))];
}

const dir = scratch('bench-usage-');
const server = await startPg({ dir, durable: true });
try {
  await ensureDatabase(server, 'usage');
  const url = server.url('usage');
  await migrate(url);
  const to = Date.parse(day(Date.now())) + DAY_MS;
  const from = to - Number(options.days) * DAY_MS;
  const ledger = new Ledger(url, new SpendHooks());
  const reports = new UsageReports(url);
  const micros = await fill(ledger, callRows({ count, from, to }));
  say(`projected at ${micros.toFixed(0)} µs a call`);
  const tenant = [...callRows({ count: 200, from, to })].find(({ userRef }) => userRef.startsWith('s_0_')).tenantId;
  const period = { from: day(from), to: day(to) };
  const found = [];
  for (const [title, question] of questions(period, tenant))
    found.push([title, ...(await measure(() => reports.rows(question)))]);
  found.push(['chargeback of the period, all tenants', ...(await measure(() => reports.charges(period)))]);
  await reports.query({ text: 'analyze', values: [] });
  const sizes = await reports.query({
    text: `select regexp_replace(relname, '_[0-9]{6}$', '') as name, sum(reltuples)::bigint::text as rows,
        sum(pg_total_relation_size(oid))::text as bytes
      from pg_class where relname like 'spend%' and relkind = 'r' group by 1 order by 1`,
    values: [],
  });
  const { processor, node } = describeMachine();
  const title = `${count} calls, ${options.days} days: ${micros.toFixed(0)} µs a call to project`;
  process.stdout.write(`${title}\n${processor}, Node ${node}\n\n`);
  process.stdout.write(`${table(['report', 'rows', 'p50 ms', 'p95 ms'], found)}\n`);
  const mb = ({ name, rows, bytes }) => [name, rows, (Number(bytes) / 1e6).toFixed(1)];
  process.stdout.write(`${table(['table', 'rows', 'MB'], sizes.map(mb))}\n`);
  await Promise.all([ledger.close(), reports.close()]);
} finally {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
}
