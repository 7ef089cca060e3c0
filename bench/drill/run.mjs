// `npm run drill`: two replicas under steady load while providers, Redis and PostgreSQL fail by a script. See ../README.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { OTHER_CORE, pin } from '../machine.mjs';
import { PRIMARY } from './answers.mjs';
import { TOTAL_MS } from './configuration.mjs';
import { incidents } from './faults.mjs';
import { findings } from './findings.mjs';
import { readRecords } from './ledger.mjs';
import { Load } from './load.mjs';
import { plan } from './plan.mjs';
import { page, report } from './report.mjs';
import { FOLDER, Rig } from './rig.mjs';
import { play } from './script.mjs';
import { promises } from './verdicts.mjs';
import { Watch } from './watch.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    rate: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    kill: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const options = {
  seed: values.seed,
  rate: Number(values.rate),
  seconds: values.quick ? 75 : Number(values.minutes) * 60,
  warmUp: values.quick ? 8 : 20,
  outage: values.quick ? 15 : 60,
  rest: values.quick ? 8 : 30,
  kill: values.kill,
};
if (!(options.rate > 0 && options.seconds >= 60)) throw new Error('--rate must be above 0, --minutes 1 or more');

/** A call that has not ended by then never will: its own deadline was long before. */
const PATIENCE_MS = TOTAL_MS + 5_000;
const PROGRESS_MS = 5_000;
const PAGE = resolve(import.meta.dirname, '../../docs/resilience-drill.md');

const rig = new Rig();
const over = new AbortController();
const log = (line) => process.stderr.write(`[drill] ${line}\n`);

function progress(load, zero) {
  const counts = Object.groupBy(load.done, ({ outcome }) => outcome);
  const found = Object.entries(counts).map(([outcome, calls]) => `${calls.length} ${outcome}`);
  const at = ((performance.now() - zero) / 1_000).toFixed(0).padStart(4);
  log(`${at} s  ${found.join(', ')}, ${load.underWay} under way`);
}

async function drill() {
  log('starting PostgreSQL, Redis, three providers and two replicas…');
  await rig.start(options.seed);
  const keys = await rig.makeKeys();
  const calls = plan({ ...options, callers: Object.keys(keys) });
  const watch = new Watch(rig, PRIMARY);
  const files = { before: (await watch.look()).files };
  const watching = watch.run();
  const zero = performance.now() + options.warmUp * 1_000;
  const load = new Load({
    calls,
    zero,
    keys,
    replicas: rig.replicas.map(({ port }) => port),
    healthy: rig.upstreams.ports.healthy,
    patienceMs: PATIENCE_MS,
  });
  log(`${calls.length} calls in ${options.warmUp + options.seconds} s, ${options.warmUp} s of them to warm up`);
  const showing = setInterval(progress, PROGRESS_MS, load, zero);
  const { signal } = over;
  const [happened] = await Promise.all([
    play(incidents(options), rig, { zero, log, signal }),
    load.run(signal),
  ]).finally(() => clearInterval(showing));
  log(`all calls have ended; resting for ${options.rest} s`);
  await sleep(options.rest * 1_000, undefined, { signal });
  const records = await readRecords(rig.postgres.adminUrl);
  files.after = (await watch.look()).files;
  watch.stop();
  await watching;
  return findings({
    options,
    load,
    samples: watch.samples,
    journal: await rig.upstreams.order('journal'),
    records,
    incidents: happened,
    zeroDate: performance.timeOrigin + zero,
    leftOvers: await watch.leftOvers(),
    breaker: watch.breakerChanges(),
    redis: rig.redis.kind,
    files,
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => {
    log('stopping everything');
    over.abort();
    void rig.stop().then(() => process.exit(130));
  });

pin([process.pid], OTHER_CORE);
try {
  const found = await drill();
  const text = report(found);
  process.stdout.write(text);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'report.json'), `${JSON.stringify(found, null, 2)}\n`);
  if (values.write) writeFileSync(PAGE, page(found, ['npm run drill --', ...process.argv.slice(2)].join(' ')));
  log(`report in ${relative(process.cwd(), join(FOLDER, 'report.json'))}`);
  if (!promises(found).every(({ kept }) => kept)) process.exitCode = 1;
} catch (error) {
  if (!over.signal.aborted) log(error.stack);
  process.exitCode = 1;
} finally {
  await rig.stop();
}
