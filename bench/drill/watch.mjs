// Looks at the replicas once a second: memory from the outside, and what they say of themselves at /metrics.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { busySeconds, cpuSeconds, residentMegabytes, withDescendants } from '../machine.mjs';

const INTERVAL_MS = 1_000;
/** Gauges of things that are given back: at rest every one of them is zero. */
const HELD =
  /(in_flight|inflight|active|in_use|held|queued|waiting|queue_depth)(?!.*(handles|requests_total|resources))/;

/** @returns {{name: string, labels: Record<string, string>, value: number}[]} */
function series(text) {
  return text.split('\n').flatMap((line) => {
    const found = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!found) return [];
    const labels = Object.fromEntries([...(found[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v]));
    return [{ name: found[1], labels, value: Number(found[3]) }];
  });
}

async function metricsOf(replica) {
  try {
    const response = await fetch(`${replica.url}/metrics`, { signal: AbortSignal.timeout(INTERVAL_MS) });
    return series(await response.text());
  } catch {
    return []; // it is being killed, or too busy to tell
  }
}

const sum = (all, name, labels = {}) =>
  all
    .filter((one) => one.name === name && Object.entries(labels).every(([k, v]) => one.labels[k] === v))
    .reduce((total, { value }) => total + value, 0);

export class Watch {
  /** @type {{at: number, busy: number, ours: number, megabytes: number[], files: number, attempts: number}[]} */
  samples = [];
  #over = new AbortController();

  /** @param {import('./rig.mjs').Rig} rig @param {string} primary whose attempts are counted */
  constructor(rig, primary) {
    this.rig = rig;
    this.primary = primary;
  }

  async run() {
    for (
      const { signal } = this.#over;
      !signal.aborted;
      await sleep(INTERVAL_MS, undefined, { signal }).catch(() => {})
    )
      this.samples.push(await this.look());
  }

  stop() {
    this.#over.abort();
  }

  async look() {
    const { replicas, postgres } = this.rig;
    const at = Date.now();
    const cpu = { busy: busySeconds(), ours: cpuSeconds(withDescendants([process.pid, ...postgres.pids])) };
    const metrics = (await Promise.all(replicas.map(metricsOf))).flat();
    return {
      at,
      ...cpu,
      megabytes: replicas.map(({ pid }) => residentMegabytes([pid])),
      files: sum(metrics, 'process_open_fds'),
      attempts: sum(metrics, 'llm_attempts_total', { provider: this.primary }),
    };
  }

  /** What is still held although nothing is under way, by metric. */
  async leftOvers() {
    const metrics = (await Promise.all(this.rig.replicas.map(metricsOf))).flat();
    return metrics.filter(({ name, value }) => HELD.test(name) && !name.startsWith('nodejs_') && value !== 0);
  }

  /** What the circuit breakers did, as the replicas logged it. */
  breakerChanges() {
    return this.rig.replicas.flatMap(({ name, logs }) =>
      logs
        .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
        .filter((line) => /"to":"(open|half_open|closed)"/.test(line))
        .map((line) => {
          const { time, provider, from, to, reason } = JSON.parse(line);
          return { replica: name, at: Date.parse(time), provider, from, to, reason };
        }),
    );
  }
}
