import { closed, type Control, degraded, IN_MEMORY, UNAFFECTED } from '../contract/control';

export const SIZES = {
  name: 'sizes',
  purpose: 'Bounds on body, messages and prompt.',
  without: IN_MEMORY,
} as const satisfies Control;

export const IDEMPOTENCY = {
  name: 'idempotency',
  purpose: 'Repeats the answer of a call that comes again under its idempotency key.',
  without: {
    postgresql: closed('503 `storage_unavailable` before a provider is asked.'),
    redis: UNAFFECTED,
    disk: closed('503 `storage_unavailable` before a provider is asked.'),
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;

export const SANITIZATION = {
  name: 'sanitization',
  purpose: 'Keeps personal data and secrets from leaving, and says how much a call looks like an attack.',
  without: {
    // policies that were set through the API are known from before
    postgresql: UNAFFECTED,
    redis: UNAFFECTED,
    disk: UNAFFECTED,
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;

export const SELECTION = {
  name: 'selection',
  purpose: 'Chooses the model by how hard a call is, and shortens prompts, where caller or policy say so.',
  without: IN_MEMORY,
} as const satisfies Control;

export const ROUTING = {
  name: 'routing',
  purpose: 'Finds the models that may answer, from the configuration in memory.',
  without: IN_MEMORY,
} as const satisfies Control;

export const ANSWERS = {
  name: 'answers',
  purpose: 'Answers that are given again, one call for equal ones at a time, and texts for when no model answers.',
  without: {
    postgresql: UNAFFECTED,
    redis: degraded(
      'Only what this process has in its memory, and each process asks for itself. `DELETE /v1/cache`: 503 `storage_unavailable`.',
    ),
    disk: UNAFFECTED,
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;

export const CONFORMANCE = {
  name: 'conformance',
  purpose: 'Holds an answer to the schemas of its call, where the caller asks for that.',
  without: IN_MEMORY,
} as const satisfies Control;

export const BUDGET = {
  name: 'budget',
  purpose: 'Holds the money that a call may cost.',
  without: {
    postgresql: closed('503 `storage_unavailable` for calls under a hard budget; those under soft ones go on, unheld.'),
    redis: UNAFFECTED,
    disk: closed('503 `storage_unavailable` for calls under a hard budget; those under soft ones go on, unheld.'),
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;

export const DISPATCH = {
  name: 'dispatch',
  purpose: 'Asks the provider.',
  without: {
    postgresql: UNAFFECTED,
    redis: UNAFFECTED,
    disk: UNAFFECTED,
    dns: degraded('As if the provider failed, for those whose names are not found; others are asked as ever.'),
    provider: degraded(
      'Asked again, then another model where one may answer; else 502, 503 or 504 in the dialect of the caller. Others are asked as ever.',
    ),
  },
} as const satisfies Control;
