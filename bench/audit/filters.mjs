// What reviewers ask for: each filter of the search, alone and together, frequent values and rare ones.
import { DEPARTED, sessionId, tenantId, TENANTS, userId, USERS } from './sample-headers.mjs';

const DAY_MS = 86_400_000;
const any = (list, random) => list[Math.floor(random() * list.length)];
const within = (random, { from, to }, days) => {
  const start = from + random() * (to - from - days * DAY_MS);
  return { from: new Date(start), to: new Date(start + days * DAY_MS) };
};

/** `make` gives a filter; `pages`: how many pages are read one after the other. */
export const FILTERS = [
  { title: 'none, 20 pages', make: () => ({}), pages: 20 },
  { title: 'one hour', make: (random, time) => within(random, time, 1 / 24) },
  { title: 'one day', make: (random, time) => within(random, time, 1) },
  { title: 'tenant', make: (random) => ({ tenant: tenantId(Math.floor(random() * TENANTS)) }) },
  { title: 'tenant, 10 pages', make: (random) => ({ tenant: tenantId(Math.floor(random() * TENANTS)) }), pages: 10 },
  { title: 'tenant that left long ago', make: () => ({ tenant: DEPARTED }) },
  { title: 'tenant and one day', make: (random, time) => ({ tenant: tenantId(1), ...within(random, time, 1) }) },
  { title: 'user', make: (random) => ({ userId: userId(Math.floor(random() * USERS)) }) },
  { title: 'session', make: (random) => ({ session: sessionId(Math.floor(random() * USERS), 0) }) },
  { title: 'key', make: (random) => ({ actor: `key_${Math.floor(random() * 500)}` }) },
  { title: 'model', make: (random) => ({ model: any(['balanced', 'fast', 'o-series', 'openai/o-series'], random) }) },
  { title: 'provider', make: (random) => ({ provider: any(['anthropic', 'local'], random) }) },
  { title: 'event', make: (random) => ({ event: any(['llm.request', 'audit.query', 'config.loaded'], random) }) },
  { title: 'llm.*', make: () => ({ event: 'llm.*' }) },
  { title: 'audit.*', make: () => ({ event: 'audit.*' }) },
  { title: 'event that never happened', make: () => ({ event: 'audit.break_glass' }) },
  { title: 'flag', make: (random) => ({ flag: any(['pii.masked.email', 'inj.block', 'late'], random) }) },
  { title: 'outcome', make: (random) => ({ outcome: any(['ok', 'rate_limited', 'aborted'], random) }) },
  { title: 'cost above', make: (random) => ({ minCostMicros: any([10, 1_000, 100_000, 900_000], random) }) },
  {
    title: 'cost between',
    make: (random) => ({ minCostMicros: 20_000, maxCostMicros: 20_000 + Math.floor(random() * 5_000) }),
  },
  {
    title: 'user, model and outcome',
    make: (random) => ({ userId: userId(Math.floor(random() * 100)), model: 'fast', outcome: 'aborted' }),
  },
  { title: 'two that never meet', make: () => ({ provider: 'local', outcome: 'budget_exhausted' }) },
  { title: 'user that does not exist', make: () => ({ userId: userId(-1) }) },
];
