import { type Control, degraded, IN_MEMORY, UNAFFECTED } from '../../contract/control';

// that providers fail is what these are for: what then happens is said where the provider is asked

export const FALLBACK = {
  name: 'fallback',
  purpose: 'Asks another model when the provider or its key is at fault.',
  without: IN_MEMORY,
} as const satisfies Control;

export const KEY_POOL = {
  name: 'key_pool',
  purpose: 'Chooses among the keys of a provider; one that was refused rests. Each process for itself.',
  without: IN_MEMORY,
} as const satisfies Control;

export const BULKHEAD = {
  name: 'bulkhead',
  purpose: 'Calls at a time for each tenant, model and provider, counted by each process.',
  without: IN_MEMORY,
} as const satisfies Control;

export const BREAKER = {
  name: 'breaker',
  purpose: 'Stops asking a model that fails or has become slow; processes tell each other.',
  without: {
    postgresql: UNAFFECTED,
    redis: degraded('Each process decides for itself.'),
    disk: UNAFFECTED,
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;

export const RETRY = {
  name: 'retry',
  purpose: 'Asks again after a fault of the moment, within a budget that each process keeps.',
  without: IN_MEMORY,
} as const satisfies Control;

export const TIMEOUT = {
  name: 'timeout',
  purpose: 'Ends a call that does not begin, falls silent or takes too long.',
  without: IN_MEMORY,
} as const satisfies Control;
