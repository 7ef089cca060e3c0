// Medians over the rounds as Markdown. Also by itself: node bench/report.mjs bench/.work/results-….jsonl
import { readFileSync } from 'node:fs';
import { TOLERATED_FOREIGN } from './measure.mjs';
import { RELAXED } from './peers.mjs';

export function readRecords(file) {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

export function median(values) {
  const sorted = values.filter((value) => Number.isFinite(value)).toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (!sorted.length) return Number.NaN;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |\n`;
  return line(heads) + line(heads.map((_, i) => (i ? '--:' : '---'))) + rows.map(line).join('') + '\n';
}

const number = (value, digits = 0) =>
  Number.isFinite(value)
    ? value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    : '–';
const pair = (a, b, digits) => `${number(a, digits)} / ${number(b, digits)}`;

/** The median of a figure over the rounds: `at(peer, phase, field)`. Disturbed rows count only where there are no others. */
function medians(records) {
  return (peer, phase, field) => {
    const rows = records.filter((row) => row.peer === peer && row.phase === phase);
    const undisturbed = rows.filter(({ foreignCores }) => foreignCores <= TOLERATED_FOREIGN);
    return median((undisturbed.length ? undisturbed : rows).map((row) => row[field]));
  };
}

function throughput(peers, at, starts) {
  const heads = ['', 'calls/s', 'p50 / p99 ms', 'CPU µs/call', 'PostgreSQL µs/call', 'share of bare Nest', '× Portkey'];
  const rate = (peer) => at(peer, 'calls', 'perSecond');
  return table(
    [...heads, 'CPU µs/call, personal data in it', 'calls/s, 20 KB', 'MB idle / after', 'start s'],
    peers.map((peer) => [
      peer,
      number(rate(peer)),
      pair(at(peer, 'calls', 'p50'), at(peer, 'calls', 'p99'), 1),
      number(at(peer, 'calls', 'gatewayMicros')),
      number(at(peer, 'calls', 'storageMicros') || Number.NaN),
      number(rate(peer) / rate('nest-bare'), 2),
      number(rate(peer) / rate('portkey'), 2),
      number(at(peer, 'personal', 'gatewayMicros')),
      number(at(peer, 'calls20k', 'perSecond')),
      peer === 'direct' ? '–' : pair(starts(peer, 'idleMegabytes'), at(peer, 'pacedStreams', 'residentMegabytes')),
      peer === 'direct' ? '–' : number(starts(peer, 'startMs') / 1000, 1),
    ]),
  );
}

function latency(peers, at) {
  const added = (peer, phase, field) => at(peer, phase, field) - at('direct', phase, field);
  const cell = (peer, phase) => pair(added(peer, phase, 'p50'), added(peer, phase, 'p99'), 2);
  return table(
    ['added ms, p50 / p99', 'one caller', '1,000 calls/s, 50 ms upstream', 'CPU µs/call at 1,000/s'],
    peers
      .filter((peer) => peer !== 'direct')
      .map((peer) => [
        peer,
        cell(peer, 'oneCaller'),
        cell(peer, 'openLoop'),
        number(at(peer, 'openLoop', 'gatewayMicros')),
      ]),
  );
}

function streaming(peers, at) {
  const added = (peer, phase, field) => at(peer, phase, field) - at('direct', phase, field);
  const first = (peer, phase) =>
    peer === 'direct' ? '–' : pair(added(peer, phase, 'first50'), added(peer, phase, 'first99'), 2);
  return table(
    [
      '',
      'streams/s',
      'CPU µs/stream',
      'share of bare Nest',
      '× Portkey',
      'first token added ms, one caller',
      'at 100 streams/s, 10 ms between chunks',
    ],
    peers.map((peer) => [
      peer,
      number(at(peer, 'streams', 'perSecond')),
      number(at(peer, 'streams', 'gatewayMicros')),
      number(at(peer, 'streams', 'perSecond') / at('nest-bare', 'streams', 'perSecond'), 2),
      number(at(peer, 'streams', 'perSecond') / at('portkey', 'streams', 'perSecond'), 2),
      first(peer, 'firstToken'),
      first(peer, 'pacedStreams'),
    ]),
  );
}

const atLeast = (reached, wanted) => reached >= wanted;
const atMost = (reached, wanted) => reached <= wanted;

/** What the project wants to reach: first, and at best. */
function targets(at, starts) {
  const share = (phase, peer) => at('gatehouse', phase, 'perSecond') / at(peer, phase, 'perSecond');
  const added = (phase, field) => at('gatehouse', phase, field) - at('direct', phase, field);
  const hits = at('gatehouse', 'hits', 'perSecond') / at('nest-hello', 'hits', 'perSecond');
  const rows = [
    ['calls/s, multiple of Portkey', share('calls', 'portkey'), atLeast, 3, 5, 2],
    ['calls/s, share of bare Nest', share('calls', 'nest-bare'), atLeast, 0.3, 0.5, 2],
    ['CPU µs/call, 2 KB', at('gatehouse', 'calls', 'gatewayMicros'), atMost, 180, 100, 0],
    ['streams/s, share of bare Nest', share('streams', 'nest-bare'), atLeast, 0.6, 0.85, 2],
    ['answers from the cache/s, share of a bare Nest handler', hits, atLeast, 0.35, 0.7, 2],
    ['added p50 at 1,000 calls/s, ms', added('openLoop', 'p50'), atMost, 3, 1, 2],
    ['added p99 at 1,000 calls/s, ms', added('openLoop', 'p99'), atMost, 25, 8, 2],
    ['added time to first token, p50, ms', added('pacedStreams', 'first50'), atMost, 3, 1, 2],
    ['added time to first token, p99, ms', added('pacedStreams', 'first99'), atMost, 15, 5, 2],
    ['MB resident after load', at('gatehouse', 'pacedStreams', 'residentMegabytes'), atMost, 250, 160, 0],
    ['warm start, s', starts('gatehouse', 'startMs') / 1000, atMost, 5, 2, 1],
  ];
  const verdict = (reached, compare, first, best) =>
    !Number.isFinite(reached) ? '–' : compare(reached, best) ? 'best' : compare(reached, first) ? 'first' : 'missed';
  return table(
    ['Gatehouse', 'first target', 'best target', 'measured', 'reached'],
    rows.map(([name, reached, compare, first, best, digits]) => {
      const sign = compare === atLeast ? '≥' : '≤';
      const figures = [`${sign} ${first}`, `${sign} ${best}`, number(reached, digits)];
      return [name, ...figures, verdict(reached, compare, first, best)];
    }),
  );
}

/** What it costs that a call is on record, durable, before a provider is asked and before its answer ends. */
function durability(at) {
  const figures = [
    ['CPU µs/call, 64 callers', 'calls', 'gatewayMicros', 0],
    ['CPU µs/stream, 64 callers', 'streams', 'gatewayMicros', 0],
    ['one caller, p50 ms', 'oneCaller', 'p50', 2],
    ['one caller, p99 ms', 'oneCaller', 'p99', 2],
    ['1,000 calls/s, 50 ms upstream, CPU µs/call', 'openLoop', 'gatewayMicros', 0],
    ['1,000 calls/s, 50 ms upstream, p50 ms', 'openLoop', 'p50', 2],
    ['1,000 calls/s, 50 ms upstream, p99 ms', 'openLoop', 'p99', 2],
    ['first token, one caller, p50 ms', 'firstToken', 'first50', 2],
    ['first token, one caller, p99 ms', 'firstToken', 'first99', 2],
    ['first token, 100 streams/s, p50 ms', 'pacedStreams', 'first50', 2],
    ['first token, 100 streams/s, p99 ms', 'pacedStreams', 'first99', 2],
  ];
  return table(
    ['', 'relaxed', 'strict', 'difference'],
    figures.map(([name, phase, field, digits]) => {
      const [relaxed, strict] = [at(RELAXED, phase, field), at('gatehouse', phase, field)];
      return [name, number(relaxed, digits), number(strict, digits), number(strict - relaxed, digits)];
    }),
  );
}

function noise(records) {
  const rows = records.filter(({ foreignCores }) => foreignCores !== undefined);
  const disturbed = rows.filter(({ foreignCores }) => foreignCores > TOLERATED_FOREIGN).length;
  const foreign = median(rows.map(({ foreignCores }) => foreignCores));
  const failed = rows.reduce((sum, row) => sum + row.failed + row.broken + row.unfinished, 0);
  return (
    `Foreign CPU in a row: ${number(foreign, 2)} cores in the median; ${disturbed} of ${rows.length} rows stayed above ` +
    `${TOLERATED_FOREIGN}. Calls that failed: ${failed}.\n`
  );
}

function problems(records) {
  const failures = records.filter(({ error }) => error).map(({ peer, error }) => `${peer}: ${error}`);
  return [...new Set(failures)].map((line) => `- ${line}\n`).join('');
}

function setting({ machine, rounds, quick }) {
  const { processor, cores, memoryGigabytes, kernel, node, pinned, loadAverage } = machine;
  const placing = pinned
    ? 'gateway on core 0; load generator, upstream and PostgreSQL on core 1'
    : 'nothing pinned: take the figures as rough';
  return (
    `${processor}, ${cores} cores, ${memoryGigabytes} GB, Linux ${kernel}, Node ${node}; ${placing}; load average ` +
    `${loadAverage} before. Medians of ${rounds} rounds${quick ? ' (quick: short ones)' : ''}.\n`
  );
}

/** @param {object[]} records the rows of one run */
export function report(records) {
  const peers = ['direct', 'node-undici', 'nest-bare', 'gatehouse', RELAXED, 'portkey'].filter((name) =>
    records.some(({ peer, phase }) => peer === name && phase),
  );
  const at = medians(records);
  const starts = (peer, field) => median(records.filter((row) => row.peer === peer).map((row) => row[field]));
  const cold = starts('gatehouse', 'coldStartMs');
  return [
    setting(records.find(({ machine }) => machine)),
    noise(records),
    Number.isFinite(cold) ? `Gatehouse's first start, with an empty data folder: ${number(cold / 1000, 1)} s.\n` : '',
    problems(records),
    `64 callers, prompts of 2 KB:\n\n${throughput(peers, at, starts)}`,
    `Latency over the upstream itself:\n\n${latency(peers, at)}`,
    `Streams of 50 chunks, 64 callers:\n\n${streaming(peers, at)}`,
    peers.includes('gatehouse') && peers.includes(RELAXED) ? `What strict costs:\n\n${durability(at)}` : '',
    peers.includes('gatehouse') ? `Against the targets:\n\n${targets(at, starts)}` : '',
  ]
    .filter(Boolean)
    .join('\n');
}

if (process.argv[1] === import.meta.filename)
  for (const file of process.argv.slice(2)) process.stdout.write(report(readRecords(file)));
