// `npm run bench:audit`: how many entries a second one process makes durable with everything on, and how long one takes at
// half that rate, or at `--rate` entries a second. PostgreSQL (fsync on) and the process share the same cores.
// `--grow 1000000` also appends until the log has so many entries and measures what an entry costs at 10^4, 10^5 and 10^6.
import { randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ensureDatabase, provisionAudit, startPg } from '../../tools/pg.mjs';
import { busySeconds, cpuSeconds, describeMachine, withDescendants } from '../machine.mjs';
import { openProcess } from './process.mjs';
import { scratch } from './scratch.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    payload: { type: 'string', default: '2048' },
    callers: { type: 'string', default: '512' },
    grow: { type: 'string', default: '100000' },
    rate: { type: 'string' },
  },
});
const seconds = Number(options.seconds);
const callers = Number(options.callers);
const grow = Number(options.grow);
const say = (line) => process.stdout.write(`${line}\n`);
const quantile = (values, q) => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
};
const ms = (value) => `${value.toFixed(2)} ms`;

const text = randomBytes(Number(options.payload))
  .toString('base64')
  .slice(0, Number(options.payload) - 40);
const tenants = Array.from({ length: 10 }, (_, i) => `01890000-0000-7000-8000-00000000000${i}`);
let made = 0;

/** As the pipeline records a request, members in its order: half of what a call writes. */
function draft() {
  const n = made++;
  return {
    facts: {
      event: 'llm.request',
      request_id: `bench-${n}`,
      tenant: tenants[n % tenants.length],
      actor: '01890000-0000-7000-8000-000000000099',
      model: 'openai/gpt-4o',
      metadata: { dialect: 'openai-chat', messages: 3, operation: 'chat', prompt_characters: 2_048, stream: false },
      policy: { models: 'b'.repeat(32), policies: 'c'.repeat(32), settings: 'a'.repeat(32) },
    },
    payload: { request: { dialect: 'openai-chat', body: { messages: [{ role: 'user', content: text }] } } },
    commit: { prompt: { messages: [{ role: 'user', content: text }] } },
  };
}

function fdatasyncMs(folder) {
  const file = openSync(join(folder, 'probe'), 'w');
  const block = randomBytes(8_192);
  const took = [];
  for (let i = 0; i < 200; i++) {
    const started = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    took.push(performance.now() - started);
  }
  closeSync(file);
  return took;
}

/** So many callers, each of which asks again when it is answered. */
async function saturate({ writer, postgres }, forMs, most = Infinity) {
  const before = { cpu: process.cpuUsage(), postgres: cpuSeconds(postgres()), busy: busySeconds() };
  const started = performance.now();
  const until = started + forMs;
  let done = 0;
  const one = async () => {
    while (performance.now() < until && done < most) {
      await writer.append(draft());
      done++;
    }
  };
  await Promise.all(Array.from({ length: callers }, one));
  const { user, system } = process.cpuUsage(before.cpu);
  const elapsed = (performance.now() - started) / 1_000;
  const theirs = cpuSeconds(postgres()) - before.postgres;
  const others = busySeconds() - before.busy - theirs - (user + system) / 1e6;
  return {
    rate: done / elapsed,
    micros: (user + system) / done,
    postgresMicros: (theirs * 1e6) / done,
    othersShare: others / elapsed / cpus().length,
  };
}

/** At a fixed rate, whether answers come or not: latency counts from when the entry was due. */
async function openLoop(writer, rate, forMs) {
  const took = [];
  const started = performance.now();
  let sent = 0;
  let failed = 0;
  // no promise is kept: thousands that are over would be copied by every young collection, which an application does not do
  let pending = 0;
  while (performance.now() - started < forMs) {
    const due = Math.floor(((performance.now() - started) / 1_000) * rate);
    for (; sent < due; sent++) {
      const at = started + (sent / rate) * 1_000;
      pending++;
      writer
        .append(draft())
        .then(
          () => took.push(performance.now() - at),
          () => failed++,
        )
        .finally(() => pending--);
    }
    await sleep(1);
  }
  while (pending) await sleep(1);
  return { took, failed };
}

async function main() {
  const dir = scratch('bench-audit-');
  const server = await startPg({ dir: join(dir, 'pg') });
  try {
    const url = await ensureDatabase(server, 'bench');
    await provisionAudit(server, 'bench');
    const { rows } = await server.session.query(`select current_setting('fsync') as fsync, version() as version`);
    const machine = describeMachine();
    say(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}`);
    say(`${rows[0].version.split(' on ')[0]}, fsync ${rows[0].fsync}`);
    const sync = fdatasyncMs(dir);
    say(`fdatasync of this disk: p50 ${ms(quantile(sync, 0.5))}, p99 ${ms(quantile(sync, 0.99))}`);
    const opened = await openProcess({ url, dataDir: join(dir, 'data'), masterKey: randomBytes(32) });
    const postmaster = Number(readFileSync(join(dir, 'pg', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
    const log = { ...opened, postgres: () => withDescendants([postmaster]) };
    await log.writer.append(draft());
    await saturate(log, 3_000);

    const full = await saturate(log, seconds * 1_000);
    say(
      `${callers} callers, ${options.payload} B payload: ${full.rate.toFixed(0)} entries/s; CPU for each ${full.micros.toFixed(0)} µs here and ${full.postgresMicros.toFixed(0)} µs in PostgreSQL; other programs took ${(full.othersShare * 100).toFixed(0)} % of the machine`,
    );
    await settled(log);
    const rate = options.rate === undefined ? full.rate / 2 : Number(options.rate);
    const open = await openLoop(log.writer, rate, seconds * 1_000);
    say(
      `open loop at ${rate.toFixed(0)}/s: p50 ${ms(quantile(open.took, 0.5))}, p95 ${ms(quantile(open.took, 0.95))}, p99 ${ms(quantile(open.took, 0.99))}, worst ${ms(quantile(open.took, 1))}, ${open.failed} refused`,
    );
    const lag = await settled(log);
    say(`checkpoint and projection were up to date ${lag.toFixed(1)} s after the last entry`);
    for (const size of [1e4, 1e5, 1e6].filter((size) => size <= grow)) {
      while (log.checkpoints.watch.newest.head.size < size)
        await saturate(log, 5_000, size - log.checkpoints.watch.newest.head.size);
      await settled(log);
      const at = await saturate(log, 4_000);
      say(
        `with ${log.checkpoints.watch.newest.head.size} entries: ${at.rate.toFixed(0)} entries/s; CPU for each ${at.micros.toFixed(0)} µs here and ${at.postgresMicros.toFixed(0)} µs in PostgreSQL`,
      );
    }
    say(`trouble: ${log.troubles.reason ?? 'none'}`);
    await log.close();
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Seconds until everything that was appended is signed and can be searched. */
async function settled({ checkpoints }) {
  const started = performance.now();
  for (;;) {
    const size = await checkpoints.reader.size();
    const projected = await checkpoints.reader.project(500);
    if (projected >= size && (checkpoints.watch.newest?.head.size ?? 0) >= size)
      return (performance.now() - started) / 1_000;
    await sleep(50);
  }
}

await main();
