// The findings as Markdown: on the console, and with --write in docs/resilience-drill.md.
import { CHAIN } from './answers.mjs';
import { table } from '../report.mjs';
import { promises, targets } from './verdicts.mjs';

const ms = (value) => (Number.isFinite(value) ? value.toFixed(0) : '–');
const seconds = (value) => (value === undefined ? 'never' : `${value.toFixed(1)} s`);
const percent = (value) => `${(value * 100).toFixed(3)} %`;
const dollars = (value) => `$${value.toFixed(4)}`;
const bothOf = (counts) =>
  Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name.trim()}: ${count}`)
    .join(', ');

function answered({ availability: a }) {
  const rows = [
    [`answered by the primary (${CHAIN[0]})`, a.primary],
    ['answered by another model of the chain', a.standIn],
    ['answered with something humbler', a.degraded],
    ['refused while the database was away, before anything was spent (declared)', a.unrecordable],
    ['withheld while the database was away: their record could not be closed (declared)', a.withheld],
    ['broken off by the provider after its first content (declared)', a.brokenOff],
    ['lost with a killed replica (declared)', a.killed],
    ['failed', a.failed],
  ];
  const shares = [
    ['of all calls', a.ofAll],
    ['without those that the database’s absence stopped', a.withoutDatabase],
    ['without those that were broken off', a.withoutBrokenOff],
    ['without any of the declared rows', a.withoutDeclared],
  ];
  return [
    table(
      ['calls', ''],
      rows.map(([name, count]) => [name, String(count)]),
    ),
    table(
      ['answered usefully', ''],
      shares.map(([name, share]) => [name, percent(share)]),
    ),
    a.failed ? `Failed: ${bothOf(a.failures)}.\n` : '',
  ];
}

function delays({ latency, measuresFailed, lateness }) {
  const trio = ({ p50, p95, p99 }) => `${ms(p50)} / ${ms(p95)} / ${ms(p99)}`;
  const rows = latency.map(({ name, gateway, upstream }) => {
    const added = Object.fromEntries(Object.keys(gateway).map((p) => [p, gateway[p] - upstream[p]]));
    return [name, trio(gateway), trio(upstream), trio(added)];
  });
  return [
    `Milliseconds from when a call was due, p50 / p95 / p99, answered calls only. The upstream’s own: the same calls straight ` +
      `to a healthy double in the same run (${measuresFailed} of them failed). Calls left ${lateness.toFixed(1)} ms late (p99).\n`,
    table(['', 'through the gateway', 'the upstream’s own', 'difference'], rows),
  ];
}

function outage({ phases, turning, breaker, asked }) {
  const changes = breaker.map(
    ({ replica, at, sinceOutage, from, to, reason }) =>
      `| ${at.toFixed(1)} | ${sinceOutage.toFixed(1)} | ${replica} | ${from} → ${to} | ${reason ?? ''} |\n`,
  );
  return [
    table(
      ['the outage', 'calls', 'answered', 'p95 ms', 'provider requests per call', 'of them to the primary'],
      phases.map((phase) => [
        phase.name,
        String(phase.calls),
        percent(phase.answered),
        ms(phase.p95),
        phase.askedPerCall.toFixed(3),
        String(phase.primaryAsked),
      ]),
    ),
    table(
      ['the primary', ''],
      [
        ['calls stop going to it, after it is gone', seconds(turning.stopped)],
        ['its first answer, after it is back', seconds(turning.firstBack)],
        ['most answers are its own again, after it is back', seconds(turning.mostBack)],
      ],
    ),
    `Requests to providers per call, all in all: ${asked.perCall.toFixed(3)}; connections that were refused are not among them.\n`,
    changes.length
      ? `Circuit breaker of the primary:\n\n| s | since the outage began | replica | change | reason |\n|---|---|---|---|---|\n${changes.join('')}`
      : 'No circuit breaker of the primary changed its state.\n',
  ];
}

function rest({ records, memory, atRest, asked, machine, incidents }) {
  const { cost } = records;
  return [
    table(
      ['records', ''],
      [
        ['records', String(records.records)],
        ['calls without one', String(records.missing)],
        ['refused because they could not be recorded, and without one', String(records.refusedUnrecorded)],
        ['still open', String(records.open.length)],
        ['closed later as answered, and withheld', String(records.withheld)],
        ['attempts', String(records.attempts)],
        ['billed by the providers', dollars(cost.billed)],
        ['of it for complete answers', dollars(cost.billedForAnswers)],
        ['by the records’ tokens', dollars(cost.recorded)],
      ],
    ),
    table(
      ['resident MB', 'lowest after the warm-up', 'lowest in the end', 'most'],
      memory.map(({ before, after, most }, i) => [`replica ${'ab'[i]}`, ms(before), ms(after), ms(most)]),
    ),
    `At rest: ${atRest.exchanges} provider calls open, ${atRest.gauges.length} gauges above zero, file descriptors of both ` +
      `replicas ${atRest.files.before} before the first call and ${atRest.files.after} in the end.\n`,
    `Faults of the providers: ${bothOf(asked.faults)}.\n`,
    `Incidents, seconds: ${incidents.map(({ about, from, to }) => `${about} (${from.toFixed(1)}–${to.toFixed(1)})`).join('; ')}.\n`,
    `${machine.processor}, ${machine.cores} cores of which ${machine.used.busy.toFixed(2)} were busy, ${machine.used.others.toFixed(2)} of them with work that is no part of this; Node ${machine.node}, ` +
      `${machine.redis}${machine.pinned ? ', replicas on core 0 and all else on core 1' : ''}.\n`,
  ];
}

/** @param {ReturnType<typeof import('./findings.mjs').findings>} found */
export function report(found) {
  const { options } = found;
  return [
    `${options.rate} calls/s for ${options.seconds} s, two replicas, seed ${options.seed}.\n`,
    ...answered(found),
    ...delays(found),
    ...outage(found),
    ...rest(found),
    table(
      ['promise', 'found', ''],
      promises(found).map(({ name, found: value, kept }) => [name, value, kept ? 'kept' : 'BROKEN']),
    ),
    table(
      ['target', 'wanted', 'found', ''],
      targets(found).map(({ name, wanted, found: value, reached }) => [
        name,
        wanted,
        value,
        reached ? 'reached' : 'missed',
      ]),
    ),
  ]
    .map((section) => section.trimEnd())
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

/** The page that keeps the last run which somebody thought worth keeping. */
export const page = (found, command) =>
  `# Resilience drill\n\nWhat \`${command}\` found: two replicas that share PostgreSQL and Redis, three providers, and everything ` +
  `that can go wrong with them. What happens, and how it is counted: [bench/README.md](../bench/README.md#drill).\n\n${report(found)}`;
