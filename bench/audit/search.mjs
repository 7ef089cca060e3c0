// `npm run bench:audit:search -- --entries 1000000`: a log of its own, filled through the append function, then every
// filter of the search a few hundred times with other values. Prints what the projection costs, and p50 and p95.
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDatabase, provisionAudit, startPg } from '../../tools/pg.mjs';
import { cpuSeconds, describeMachine, withDescendants } from '../machine.mjs';
import { table } from '../report.mjs';
import { fill } from './fill.mjs';
import { FILTERS } from './filters.mjs';
import { randomFrom } from './sample-headers.mjs';

const require = createRequire(import.meta.url);
const { EntryReader } = require('../../dist/features/audit/log/entry-reader.store.js');
const DAY_MS = 86_400_000;
const PAGE = 50;

const { values: options } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '200' },
    keep: { type: 'boolean', default: false },
  },
});
const entries = Number(options.entries);
const say = (line) => process.stderr.write(`[bench] ${line}\n`);
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
const to = Date.now();
const from = to - Number(options.days) * DAY_MS;

/** A log that an earlier run kept is used again. */
async function fillOnce(server, url, name) {
  const { rowCount } = await server.session.query('select from pg_database where datname = $1', [name]);
  if (rowCount) return;
  await ensureDatabase(server, name);
  await provisionAudit(server, name);
  const started = performance.now();
  let shown = 0;
  await fill({
    url,
    entries,
    from,
    to,
    onProgress: (n) => n - shown >= 100_000 && say(`${(shown = n)} entries appended`),
  });
  say(`appended ${entries} in ${((performance.now() - started) / 1_000).toFixed(0)} s`);
}

/** @returns CPU of PostgreSQL, which does not depend on what else the machine does as much as the time that passes */
async function measureProjection(reader, pids) {
  const [started, used] = [performance.now(), cpuSeconds(pids())];
  await reader.search({}, undefined, 1);
  const micros = ((cpuSeconds(pids()) - used) * 1e6) / entries;
  const passed = ((performance.now() - started) * 1_000) / entries;
  say(`projected at ${micros.toFixed(1)} µs of CPU, ${passed.toFixed(1)} µs of time, for an entry`);
  return micros;
}

async function measureFilter(reader, { title, make, pages = 1 }) {
  const random = randomFrom(7);
  const times = [];
  let found = 0;
  for (let round = 0; round < Number(options.rounds); round++) {
    const filter = make(random, { from, to });
    let before;
    for (let page = 0; page < pages; page++) {
      const started = performance.now();
      const result = await reader.search(filter, before, PAGE);
      times.push(performance.now() - started);
      found += result.rows.length;
      before = result.next;
      if (before === undefined) break;
    }
  }
  times.sort((a, b) => a - b);
  return [title, (found / times.length).toFixed(1), ...[0.5, 0.95, 1].map((q) => quantile(times, q).toFixed(1))];
}

const dir = resolve(import.meta.dirname, '..', '.work', 'audit-search');
const server = await startPg({ dir });
const name = `search_${entries}`;
const url = server.url(name, 'gatehouse');
let reader;
try {
  await fillOnce(server, url, name);
  const postmaster = Number.parseInt(readFileSync(join(dir, 'data', 'postmaster.pid'), 'utf8'));
  reader = new EntryReader({ databaseUrl: { reveal: () => url } });
  const micros = await measureProjection(reader, () => withDescendants([postmaster]));
  const rows = [];
  for (const filter of FILTERS) {
    rows.push(await measureFilter(reader, filter));
    say(rows.at(-1).join('  '));
  }
  const { processor, node } = describeMachine();
  console.log(
    `${entries} entries, pages of ${PAGE}, ${options.rounds} searches each; projection ${micros.toFixed(1)} µs of CPU an entry`,
  );
  console.log(`${processor}, Node ${node}\n`);
  console.log(table(['filter', 'rows', 'p50 ms', 'p95 ms', 'max ms'], rows));
} finally {
  await reader?.onApplicationShutdown();
  await server.stop();
  if (!options.keep) rmSync(dir, { recursive: true, force: true });
}
