// From calls, exchanges, samples and records to the figures of the report.
import { CHAIN, PRIMARY } from './answers.mjs';

const BUCKET_MS = 2_000;
/** A call that the restart of the database hit began before its end, and ended after its beginning. */
const RESTART_AFTERMATH_MS = 5_000;

const ROWS = ['primary', 'standIn', 'degraded', 'unrecordable', 'withheld', 'brokenOff', 'killed', 'failed'];

const countBy = (list, key) => Object.fromEntries([...Map.groupBy(list, key)].map(([k, v]) => [k, v.length]));
const share = (part, whole) => (whole ? part / whole : NaN);

export function percentile(values, p) {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? NaN;
}
const percentiles = (values) => ({
  p50: percentile(values, 0.5),
  p95: percentile(values, 0.95),
  p99: percentile(values, 0.99),
});

/**
 * Sorts every call into one row. Some are declared beforehand: while the database is away the gateway refuses what it
 * cannot record and withholds answers whose record it cannot close, and a stream whose provider breaks it off after its first
 * content cannot be asked for again. What a killed process was doing is lost.
 */
export function availability(calls, exchanges, incidents) {
  const restart = incidents.find(({ name }) => name === 'postgres-restarted');
  const kill = incidents.find(({ name }) => name === 'replica-killed');
  const during = (incident, { dueAt, ms }) =>
    incident && dueAt < incident.to + RESTART_AFTERMATH_MS && dueAt + ms > incident.from;
  const brokenOff = new Set(
    exchanges.filter(({ end, firstMs }) => end === 'cut' && firstMs !== undefined).map(({ call }) => call),
  );
  const asked = new Set(exchanges.map(({ call }) => call));
  const row = (call) => {
    if (call.outcome === 'answered') {
      if (call.degraded && call.degraded !== 'fallback') return 'degraded';
      return call.giver === PRIMARY ? 'primary' : 'standIn';
    }
    if (call.reason === 'audit_unavailable' && during(restart, call))
      return asked.has(call.n) ? 'withheld' : 'unrecordable';
    if (call.outcome === 'cut' && brokenOff.has(call.n)) return 'brokenOff';
    if (['broken', 'unreachable'].includes(call.outcome) && during(kill, call)) return 'killed';
    return 'failed';
  };
  const rows = Map.groupBy(calls, row);
  const count = (name) => rows.get(name)?.length ?? 0;
  const useful = count('primary') + count('standIn') + count('degraded');
  const [database, cut] = [count('unrecordable') + count('withheld'), count('brokenOff')];
  return {
    calls: calls.length,
    useful,
    ...Object.fromEntries(ROWS.map((name) => [name, count(name)])),
    failures: countBy(
      rows.get('failed') ?? [],
      ({ outcome, status, reason }) => `${outcome} ${status} ${reason ?? ''}`,
    ),
    ofAll: share(useful, calls.length),
    withoutDatabase: share(useful, calls.length - database),
    withoutBrokenOff: share(useful, calls.length - cut),
    withoutDeclared: share(useful, calls.length - database - cut - count('killed')),
  };
}

/** Answered calls through the gateway beside those that went straight to a healthy double meanwhile. */
export function latency(calls, measures) {
  const rows = {
    'whole answer': [({ stream }) => !stream, ({ ms }) => ms],
    'first token of a stream': [({ stream }) => stream, ({ firstMs }) => firstMs],
    'whole stream': [({ stream }) => stream, ({ ms }) => ms],
  };
  const of = (list, [belongs, value]) =>
    percentiles(
      list
        .filter(({ outcome }) => outcome === 'answered')
        .filter(belongs)
        .map(value),
    );
  return Object.entries(rows).map(([name, row]) => ({ name, gateway: of(calls, row), upstream: of(measures, row) }));
}

/** How much the providers were asked, and by whom the calls were answered, before, during and after the outage. */
export function phases(calls, exchanges, { from, to }, zero) {
  const parts = { before: [zero, from], outage: [from, to], after: [to, Infinity] };
  return Object.entries(parts).map(([name, [begin, end]]) => {
    const within = (at) => at >= begin && at < end;
    const own = calls.filter(({ dueAt }) => within(dueAt));
    const asked = exchanges.filter(({ double, at }) => CHAIN.includes(double) && within(at));
    const answered = own.filter(({ outcome }) => outcome === 'answered');
    return {
      name,
      calls: own.length,
      answered: share(answered.length, own.length),
      p95: percentile(
        answered.map(({ ms }) => ms),
        0.95,
      ),
      askedPerCall: share(asked.length, own.length),
      primaryAsked: asked.filter(({ double }) => double === PRIMARY).length,
    };
  });
}

/** How soon calls stopped going to the primary when it was gone, and how soon they came back. */
export function turning(calls, exchanges, samples, { from, to }) {
  const seconds = (at, since) => (at === undefined ? undefined : (at - since) / 1_000);
  const arrivals = (begin, end) => calls.filter(({ dueAt }) => dueAt >= begin && dueAt < end).length;
  const few = ({ at, attempts }, i, all) =>
    i > 0 && attempts - all[i - 1].attempts <= 0.2 * arrivals(all[i - 1].at, at);
  const during = samples.filter(({ at }) => at >= from && at <= to);
  const busyUntil = during.findLastIndex((sample, i, all) => i > 0 && !few(sample, i, all));
  const answered = exchanges.filter(({ double, end, at }) => double === PRIMARY && end === 'answered' && at >= to);
  const buckets = Array.from({ length: 30 }, (_, i) => to + i * BUCKET_MS);
  const back = buckets.find((begin) => {
    const own = answered.filter(({ at }) => at >= begin && at < begin + BUCKET_MS).length;
    return own > 0.7 * arrivals(begin, begin + BUCKET_MS);
  });
  return {
    stopped: busyUntil + 1 < during.length ? seconds(during[Math.max(busyUntil, 0)]?.at, from) : undefined,
    firstBack: seconds(answered.length ? Math.min(...answered.map(({ at }) => at)) : undefined, to),
    mostBack: seconds(back, to),
  };
}

/**
 * Resident memory of each replica, in a process that lived all the time. It rises between two full collections, by half and
 * more, and falls at each: what must not rise is the lowest it falls to.
 */
export function memory(samples, warm, late, killed) {
  return samples[0].megabytes.map((_, i) => {
    const own = (from, to) => samples.filter(({ at }) => at >= from && at < to).map(({ megabytes }) => megabytes[i]);
    const before = Math.min(...own(...warm));
    const after = killed === i ? undefined : Math.min(...own(...late));
    const most = Math.max(...own(-Infinity, Infinity));
    return { before, after, most, growth: after && after - before };
  });
}

/** Cores that were used: by anybody, and by what is no part of the drill. */
export function cores(samples) {
  const steps = samples.slice(1).map((sample, i) => ({
    seconds: (sample.at - samples[i].at) / 1_000,
    busy: sample.busy - samples[i].busy,
    ours: sample.ours - samples[i].ours,
  }));
  // what a process used goes from the sum with the process
  const whole = steps.filter(({ ours }) => ours >= 0);
  const mean = (of) =>
    whole.reduce((sum, step) => sum + of(step), 0) / whole.reduce((sum, { seconds }) => sum + seconds, 0);
  return { busy: mean(({ busy }) => busy), others: mean(({ busy, ours }) => Math.max(0, busy - ours)) };
}
