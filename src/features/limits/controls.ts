import { type Control, degraded, IN_MEMORY, UNAFFECTED } from '../../contract/control';

export const ADDRESS_LIMIT = {
  name: 'address_limit',
  purpose: 'Requests per minute from one address, counted by each process.',
  without: IN_MEMORY,
} as const satisfies Control;

export const KEY_LIMIT = {
  name: 'key_limit',
  purpose: 'Requests per minute of one key, counted by all processes together.',
  without: {
    postgresql: UNAFFECTED,
    redis: degraded('Each process counts for itself, after a tenth of a second at most, and shares again by itself.'),
    disk: UNAFFECTED,
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;

export const CALL_LIMITS = {
  name: 'call_limits',
  purpose: 'Calls and tokens per minute of keys, users, tenants and models, counted by all processes together.',
  without: {
    postgresql: UNAFFECTED,
    redis: degraded('Each process counts for itself, after a tenth of a second at most, and shares again by itself.'),
    disk: UNAFFECTED,
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;

export const CONCURRENCY = {
  name: 'concurrency',
  purpose: 'Calls of one key, user, tenant or model at a time, counted by all processes together.',
  without: {
    postgresql: UNAFFECTED,
    redis: degraded('Each process counts for itself, after a tenth of a second at most, and shares again by itself.'),
    disk: UNAFFECTED,
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;
