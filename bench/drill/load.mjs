// The open loop: calls leave on schedule, whatever became of those before.
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './send.mjs';
import { judge } from './verdict.mjs';

/** Idle connections are given up before the gateway gives them up, as a load balancer does: a call must not meet its closing. */
const IDLE_MS = 4_000;

/**
 * @param {object} options
 * @param {import('./plan.mjs').PlannedCall[]} options.calls
 * @param {number} options.zero when the measured time begins, on the monotonic clock
 * @param {number[]} options.replicas ports; calls alternate
 * @param {number} options.healthy the port of the double that is the measure
 * @param {Record<string, string>} options.keys by caller
 */
export class Load {
  /** @type {ReturnType<typeof judge>[]} */
  done = [];
  underWay = 0;
  /** How late calls left, in milliseconds: what the drill itself could not keep up with. */
  lateness = [];
  #agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  #waiting = [];

  constructor(options) {
    this.options = options;
  }

  /** Resolves when every call has ended. */
  async run(signal) {
    const { calls, zero } = this.options;
    for (const call of calls) {
      const dueAt = zero + call.at * 1_000;
      const early = dueAt - performance.now();
      if (early > 0) await sleep(early, undefined, { signal });
      this.lateness.push(performance.now() - dueAt);
      this.#waiting.push(this.#make(call, dueAt));
    }
    await Promise.all(this.#waiting);
    this.#agent.destroy();
  }

  async #make(call, dueAt) {
    const { replicas, healthy, keys, patienceMs } = this.options;
    const how = { key: keys[call.caller], agent: this.#agent, dueAt, patienceMs };
    const ports = call.measure ? [healthy] : [replicas[call.n % replicas.length], ...replicas];
    this.underWay++;
    let answer;
    for (const port of ports) {
      answer = await send(call, { ...how, port });
      if (answer.failure !== 'refused') break; // a load balancer too turns to another replica when one does not listen
    }
    this.underWay--;
    this.done.push({ ...judge(call, answer), dueAt: performance.timeOrigin + dueAt });
  }
}
