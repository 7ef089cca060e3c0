// Makes the incidents happen when they are due, and notes when they really did.
import { setTimeout as sleep } from 'node:timers/promises';
import { PRIMARY_KEYS } from './rig.mjs';

/** The place of the replica that --kill ends. */
export const KILLED = 1;

/** What each incident does at its beginning and, when it lasts, at its end. */
const ACTS = {
  'key-revoked': { begin: ({ upstreams }) => upstreams.order('revoke', PRIMARY_KEYS[1]) },
  'outage-refused': {
    begin: ({ upstreams }) => upstreams.order('refuse'),
    // it accepts again, only to say no: `outage-503` has begun by then
    end: ({ upstreams }) => upstreams.order('unavailable', true).then(() => upstreams.order('accept')),
  },
  'outage-503': { begin: () => {}, end: ({ upstreams }) => upstreams.order('unavailable', false) },
  'redis-paused': { begin: ({ redis }) => redis.pause(), end: ({ redis }) => redis.resume() },
  'postgres-restarted': {
    begin: ({ postgres }) => postgres.shutDown(),
    end: ({ postgres }) => postgres.startAgain(),
  },
  'replica-killed': { begin: ({ replicas }) => replicas[KILLED].killAndStart() },
};

/**
 * @param {{zero: number, log: (line: string) => void, signal: AbortSignal}} clock
 * @returns the incidents with `from` and `to`, milliseconds since 1970
 */
export function play(incidents, rig, { zero, log, signal }) {
  const until = (at) => sleep(Math.max(0, zero + at * 1_000 - performance.now()), undefined, { signal });
  const happen = async ({ at, lasts, ...incident }) => {
    const { begin, end } = ACTS[incident.name];
    await until(at);
    log(`${incident.about}…`);
    const from = Date.now();
    await begin(rig);
    if (lasts) await until(at + lasts);
    await end?.(rig);
    const to = Date.now();
    log(`${incident.about}: over after ${((to - from) / 1_000).toFixed(1)} s`);
    return { ...incident, from, to };
  };
  return Promise.all(incidents.map(happen));
}
