// `npm run drill:audit`: under load, writers are killed and PostgreSQL is stopped at once, at random, many times. Afterwards
// every receipt that a caller got must be in the log at its index, and the log must be without gaps and verify.
//   --rounds 40  --writers 3  --seed 7
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ensureDatabase, provisionAudit, startPg } from '../../tools/pg.mjs';
import { scratch } from './scratch.mjs';
import { verifyLog } from './verify-log.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    writers: { type: 'string', default: '3' },
    seed: { type: 'string', default: `${Date.now() % 100_000}` },
  },
});
const rounds = Number(options.rounds);
const say = (line) => process.stdout.write(`${line}\n`);
let state = Number(options.seed) || 1;
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;

const dir = scratch('drill-audit-');
/** index → entry id, as callers were told. */
const receipts = new Map();
const clashes = [];
const kills = { writers: 0, database: 0 };
let server;

function startWriter(number, url) {
  const dataDir = join(dir, `data-${number}`);
  mkdirSync(dataDir, { recursive: true });
  const child = fork(join(import.meta.dirname, 'crash-writer.mjs'), [url, dataDir, join(dir, 'master.key')], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const writer = { number, child, ready: false, said: '' };
  child.stderr.on('data', (chunk) => (writer.said = (writer.said + chunk).slice(-4_000)));
  child.on('message', (message) => {
    if (message.ready) writer.ready = true;
    if (message.trouble) writer.said += `${message.trouble}\n`;
    for (const [index, entryId] of message.receipts ?? []) {
      if (receipts.has(index) && receipts.get(index) !== entryId) clashes.push(index);
      receipts.set(index, entryId);
    }
  });
  return writer;
}

const hasEnded = ({ child }) => child.exitCode !== null || child.signalCode !== null;

async function ended(writer) {
  if (!hasEnded(writer)) await once(writer.child, 'exit');
}

/** As a power cut does: no process of the server has the time to write anything. */
async function stopAtOnce() {
  const postmaster = Number(readFileSync(join(dir, 'pg', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(postmaster, 'SIGQUIT'); // what `pg_ctl -m immediate` sends
  for (;;)
    try {
      process.kill(postmaster, 0);
      await sleep(20);
    } catch {
      return;
    }
}

/** Writers find the database where it was, though it has another port after each start. */
async function door() {
  const proxy = net.createServer((near) => {
    const far = net.connect(server.port, '127.0.0.1');
    for (const [a, b] of [
      [near, far],
      [far, near],
    ]) {
      a.on('error', () => b.destroy()).on('close', () => b.destroy());
      a.pipe(b);
    }
  });
  proxy.listen(0, '127.0.0.1').unref();
  await once(proxy, 'listening');
  return proxy.address().port;
}

async function main() {
  const started = performance.now();
  server = await startPg({ dir: join(dir, 'pg') });
  const direct = new URL(await ensureDatabase(server, 'drill'));
  await provisionAudit(server, 'drill');
  direct.port = String(await door());
  const url = direct.href;
  say(`seed ${options.seed}, ${options.writers} writers, ${rounds} rounds`);
  let writers = Array.from({ length: Number(options.writers) }, (_, i) => startWriter(i, url));
  for (let round = 0; round < rounds; round++) {
    await sleep(200 + random() * 800);
    if (random() < 0.7) {
      const victim = writers[Math.floor(random() * writers.length)];
      victim.child.kill('SIGKILL');
      await ended(victim);
      writers = writers.map((writer) => (writer === victim ? startWriter(writer.number, url) : writer));
      kills.writers++;
    } else {
      await stopAtOnce();
      kills.database++;
      await server.session.endAsLast().catch(() => undefined);
      server = await startPg({ dir: join(dir, 'pg') });
    }
    // a writer that could not start while the database was away is started again
    writers = writers.map((writer) => (hasEnded(writer) ? startWriter(writer.number, url) : writer));
  }
  await sleep(2_000);
  for (const { child } of writers) if (child.connected) child.send('stop');
  await Promise.all(writers.map(ended));
  const { size, problems } = await verifyLog(server.url('drill'), receipts);
  problems.push(...clashes.map((index) => `two callers were told of different entries at ${index}`));
  for (const { number, said } of writers) if (said) say(`writer ${number}: ${said.trim()}`);
  say(
    `${kills.writers} writers killed, PostgreSQL stopped at once ${kills.database} times; ${receipts.size} receipts, ${size} entries, ${((performance.now() - started) / 1_000).toFixed(0)} s`,
  );
  for (const problem of problems.slice(0, 20)) say(`PROBLEM ${problem}`);
  say(
    problems.length ? `${problems.length} problems` : 'every receipt is in the log at its index, and the log verifies',
  );
  process.exitCode = problems.length || receipts.size === 0 ? 1 : 0;
}

try {
  await main();
} finally {
  await server?.stop().catch(() => undefined);
  rmSync(dir, { recursive: true, force: true });
}
