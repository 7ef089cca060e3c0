import { closed, type Control, degraded, UNAFFECTED } from '../../contract/control';

export const JOBS = {
  name: 'jobs',
  purpose: 'Work that is handed in and done later, once, whatever becomes of the process that does it.',
  without: {
    postgresql: closed('503 `storage_unavailable`. What was handed in is done when it is back.'),
    redis: degraded('Jobs are handed in as ever; those due begin a few seconds later, when it is back at the latest.'),
    disk: closed('503 `audit_unavailable` or `storage_unavailable` for what is handed in; what there is is shown.'),
    dns: UNAFFECTED,
    provider: degraded(
      'A job is tried again later, ever more seldom; one that failed too often is dead, and can be retried.',
    ),
  },
} as const satisfies Control;
