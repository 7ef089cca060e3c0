// One measurement: load for some seconds, and what the processes used meanwhile.
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { busySeconds, cpuSeconds, OTHER_CORE, onCore, residentMegabytes, withDescendants } from './machine.mjs';
import { body, program } from './prepare.mjs';

const MODEL = 'gpt-4o-mini';
const ATTEMPTS = 3;
/** Cores that others may use meanwhile without spoiling a row. */
export const TOLERATED_FOREIGN = 0.2;
const QUIET_FOREIGN = 0.12;
const QUIET_CHECKS = 20;
const WARM_UP = { calls: 30_000, streams: 6_000 };
const WARM_UP_SLICE_S = 5;
const WARM_UP_SLICES = 12;

/** `model` is what the upstream reads its behaviour from: see c/upstream.c. */
export const PHASES = {
  calls: { load: ['-c', '64'], kilobytes: 2 },
  calls20k: { load: ['-c', '64'], kilobytes: 20 },
  /** A telephone number in every prompt: found, replaced, and put back into the answer. */
  personal: { load: ['-c', '64'], kilobytes: 2, personal: true, peers: ['gatehouse'] },
  oneCaller: { load: ['-c', '1'], kilobytes: 2 },
  openLoop: { load: ['-r', '1000'], kilobytes: 2, model: '-d50' },
  streams: { load: ['-c', '64'], kilobytes: 2, stream: true },
  firstToken: { load: ['-c', '1'], kilobytes: 2, stream: true, model: '-g2-n4' },
  /** The same call over and over. */
  hits: { load: ['-c', '64'], kilobytes: 2, same: true, peers: ['nest-hello', 'gatehouse'] },
  pacedStreams: { load: ['-r', '100'], kilobytes: 2, stream: true, model: '-d50-g10' },
};

const run = promisify(execFile);

/** In an order of its own, so that what changes in the course of a run hits nobody in particular. */
export function shuffled(list) {
  return list
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** Which peers a phase is for. */
export const isFor = ({ name }, phase) => PHASES[phase].peers?.includes(name) ?? name !== 'nest-hello';

/** @returns what the load generator found out */
export async function load({ port, headers = [], path = '/v1/chat/completions', options, file, warm, seconds }) {
  const target = ['-p', String(port), '-u', path, '-b', file, ...headers.flatMap((header) => ['-H', header])];
  const time = ['-w', String(warm), '-d', String(seconds)];
  const [command, ...rest] = onCore(OTHER_CORE, [program('load'), ...target, ...options, ...time]);
  return JSON.parse((await run(command, rest)).stdout);
}

/** Everything of ours: this process, what it started, and databases that are nobody's child. */
const ours = (running) => withDescendants([process.pid, ...running.storage]);

function snapshot(running, upstream) {
  return {
    at: performance.now() / 1000,
    busy: busySeconds(),
    ours: cpuSeconds(ours(running)),
    gateway: cpuSeconds(running.gateway),
    storage: cpuSeconds(withDescendants(running.storage)),
    upstream: cpuSeconds([upstream.pid]),
  };
}

function difference(before, after) {
  const used = Object.fromEntries(Object.keys(before).map((key) => [key, after[key] - before[key]]));
  return { ...used, foreign: Math.max(0, used.busy - used.ours) / used.at };
}

/** Waits, for a while, until others leave the machine alone. */
async function quiet(running, upstream) {
  for (let check = 0; check < QUIET_CHECKS; check++) {
    const before = snapshot(running, upstream);
    await sleep(400);
    if (difference(before, snapshot(running, upstream)).foreign < QUIET_FOREIGN) return;
    await sleep(600);
  }
}

const round = (value, digits = 3) => Number(value.toFixed(digits));

/** The file with the request, of the kind that the server wants: see `body`. */
function requestFile(
  { body: kind = {} },
  { kilobytes = 2, stream = false, same = false, personal = false, model: behaviour = '' },
) {
  return body({ ...kind, kilobytes, stream, same, personal, model: (kind.model ?? MODEL) + behaviour });
}

async function attempt(name, running, upstream, pace) {
  const file = requestFile(running, PHASES[name]);
  const before = snapshot(running, upstream);
  const headers = [...(running.headers ?? []), ...((PHASES[name].same ? running.whenSame : running.whenNew) ?? [])];
  const found = await load({ ...running, headers, options: PHASES[name].load, file, warm: pace, seconds: 4 * pace });
  const used = difference(before, snapshot(running, upstream));
  const perCall = (seconds) => round((seconds / (found.sent || 1)) * 1e6, 1);
  return {
    phase: name,
    ...found,
    gatewayMicros: perCall(used.gateway),
    storageMicros: perCall(used.storage),
    gatewayCores: round(used.gateway / used.at),
    upstreamCores: round(used.upstream / used.at),
    foreignCores: round(used.foreign),
    residentMegabytes: round(residentMegabytes(running.gateway), 0),
  };
}

/** V8 needs some 30,000 calls until it has compiled everything; nothing before that counts. Whoever is slow gets a minute. */
export async function warmUp(running) {
  for (const [kind, enough] of Object.entries(WARM_UP)) {
    const file = requestFile(running, PHASES[kind]);
    const headers = [...(running.headers ?? []), ...(running.whenNew ?? [])];
    const options = PHASES[kind].load;
    for (let calls = 0, slice = 0; calls < enough && slice < WARM_UP_SLICES; slice++)
      calls += (await load({ ...running, headers, options, file, warm: 0, seconds: WARM_UP_SLICE_S })).sent;
  }
}

/** Measures again when others disturbed it, and keeps the least disturbed attempt. @param pace 1, or less to be quicker */
export async function measure(name, running, upstream, pace = 1) {
  let best;
  for (let i = 0; i < ATTEMPTS; i++) {
    await quiet(running, upstream);
    const row = await attempt(name, running, upstream, pace);
    if (!best || row.foreignCores < best.foreignCores) best = row;
    if (best.foreignCores <= TOLERATED_FOREIGN) break;
  }
  return best;
}
