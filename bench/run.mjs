// `npm run bench`: Gatehouse beside the upstream itself, bare proxies and Portkey, in one run. See README.md.
import { appendFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { forgetData, launchGatehouse } from './gatehouse.mjs';
import { canPin, describeMachine, OTHER_CORE, pin, residentMegabytes } from './machine.mjs';
import { isFor, measure, PHASES, shuffled, warmUp } from './measure.mjs';
import { PEERS } from './peers.mjs';
import { program, WORK } from './prepare.mjs';
import { readRecords, report } from './report.mjs';
import { launchUpstream } from './server.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    peers: {
      type: 'string',
      default: PEERS.filter(({ onRequest }) => !onRequest)
        .map(({ name }) => name)
        .join(),
    },
    phases: { type: 'string', default: Object.keys(PHASES).join() },
    quick: { type: 'boolean', default: false },
  },
});
const pace = options.quick ? 0.5 : 1;
const phases = options.phases.split(',');
const peers = PEERS.filter(
  (peer) => options.peers.split(',').includes(peer.name) && phases.some((phase) => isFor(peer, phase)),
);
const results = join(WORK, `results-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.jsonl`);

const running = new Set();
const log = (line) => process.stderr.write(`[bench] ${line}\n`);
const record = (row) => appendFileSync(results, `${JSON.stringify(row)}\n`);

async function stop(server) {
  running.delete(server);
  await server.stop();
}

async function measurePeer(peer, round, upstream) {
  const server = await peer.launch(upstream);
  running.add(server);
  try {
    const idle = residentMegabytes(server.gateway);
    record({ peer: peer.name, round, startMs: Math.round(server.startMs ?? 0), idleMegabytes: Math.round(idle) });
    await warmUp(server);
    for (const phase of phases.filter((one) => isFor(peer, one))) {
      const row = { peer: peer.name, round, ...(await measure(phase, server, upstream, pace)) };
      record(row);
      const { perSecond, p50, p99, gatewayMicros, foreignCores, failed, failure, failureBody } = row;
      const trouble = failed || failure ? `  FAILED ${failed}: ${failure} ${failureBody}` : '';
      log(
        `round ${round}  ${peer.name.padEnd(12)} ${phase.padEnd(13)} ${String(perSecond).padStart(9)}/s  p50 ${p50} ms  ` +
          `p99 ${p99} ms  ${gatewayMicros} µs  foreign ${foreignCores}${trouble}`,
      );
    }
  } finally {
    await stop(server);
  }
}

/** The first start of all makes the database: it is not a warm one, and its figures are not wanted. */
async function makeDatabase(upstream) {
  forgetData();
  const server = await launchGatehouse({ upstream: upstream.port });
  running.add(server);
  record({ peer: 'gatehouse', coldStartMs: Math.round(server.startMs) });
  await stop(server);
}

async function run() {
  program('load');
  pin([process.pid], OTHER_CORE);
  const upstream = await launchUpstream();
  running.add(upstream);
  record({ machine: describeMachine(), rounds: Number(options.rounds), quick: options.quick });
  if (!canPin) log('no second core or no taskset: nothing is pinned, figures will be rough');
  if (peers.some(({ name }) => name.startsWith('gatehouse'))) await makeDatabase(upstream);
  for (let round = 1; round <= Number(options.rounds); round++)
    for (const peer of shuffled(peers))
      await measurePeer(peer, round, upstream).catch((error) => {
        log(`${peer.name}: ${error.message}`);
        record({ peer: peer.name, round, error: error.message });
      });
  await stop(upstream);
  log(`rows in ${relative(process.cwd(), results)}`);
  process.stdout.write(report(readRecords(results)));
}

async function abandon() {
  await Promise.allSettled([...running].map((server) => server.stop()));
  process.exit(1);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void abandon());

await run().catch((error) => {
  log(error.message);
  return abandon();
});
