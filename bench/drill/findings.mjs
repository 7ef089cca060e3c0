// One run, from what was seen to what it means: the content of report.json.
import { describeMachine } from '../machine.mjs';
import { PRIMARY } from './answers.mjs';
import { availability, cores, latency, memory, percentile, phases, turning } from './figures.mjs';
import { reconcile } from './ledger.mjs';
import { KILLED } from './script.mjs';

/** @param {object} seen everything that one run left behind: see run.mjs */
export function findings(seen) {
  const { options, load, samples, journal, records, incidents, zeroDate, leftOvers, breaker, redis, files } = seen;
  const outage = spanOf(incidents, 'outage-refused', 'outage-503');
  const through = load.done.filter(({ measure }) => !measure);
  const measures = load.done.filter(({ measure }) => measure);
  const counted = through.filter(({ at }) => at >= 0);
  const span = (...shares) => shares.map((share) => zeroDate + options.seconds * 1_000 * share);
  const { exchanges } = journal;
  const asked = exchanges.filter(({ double }) => double !== 'healthy');
  return {
    options,
    machine: { ...describeMachine(), redis, used: cores(samples) },
    incidents: incidents.map(({ name, about, from, to }) => ({
      name,
      about,
      from: (from - zeroDate) / 1_000,
      to: (to - zeroDate) / 1_000,
    })),
    availability: availability(counted, exchanges, incidents),
    latency: latency(
      counted,
      measures.filter(({ at }) => at >= 0),
    ),
    measuresFailed: measures.filter(({ outcome }) => outcome !== 'answered').length,
    lateness: percentile(load.lateness, 0.99),
    phases: phases(counted, asked, outage, zeroDate),
    turning: turning(counted, exchanges, samples, outage),
    breaker: breaker
      .filter(({ provider }) => provider === PRIMARY)
      .map((change) => ({
        ...change,
        at: (change.at - zeroDate) / 1_000,
        sinceOutage: (change.at - outage.from) / 1_000,
      })),
    asked: {
      perCall: asked.length / through.length,
      faults: Object.fromEntries(
        [...Map.groupBy(asked, ({ fault }) => fault ?? 'none')].map(([k, v]) => [k, v.length]),
      ),
    },
    records: reconcile(through, records, asked),
    memory: memory(samples, span(0.3, 0.5), span(0.7, Infinity), options.kill ? KILLED : undefined),
    promises: {
      hanging: through.filter(({ outcome }) => outcome === 'hanging').map(({ n }) => n),
      grammar: through.filter(({ grammar }) => grammar).map(({ n, grammar }) => ({ n, grammar })),
      wrong: through.filter(({ outcome }) => outcome === 'wrong').map(({ n, reason }) => ({ n, reason })),
    },
    samples: samples.map(({ at, megabytes }) =>
      [Math.round((at - zeroDate) / 1_000), ...megabytes.map(Math.round)].join(' '),
    ),
    atRest: { exchanges: journal.open, gauges: leftOvers, files },
  };
}

function spanOf(incidents, first, last) {
  const named = (name) => incidents.find((incident) => incident.name === name);
  return { from: named(first).from, to: named(last).to };
}
