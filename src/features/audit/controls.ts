import { closed, type Control, UNAFFECTED } from '../../contract/control';

const UNRECORDED =
  '503 `audit_unavailable`: no provider is asked, and an answer that is ready is withheld, unless `audit.spool` keeps the entries in a file meanwhile.';

export const AUDIT = {
  name: 'audit',
  purpose: 'An entry in the log before anything leaves for a provider, and another before the last word of the answer.',
  without: {
    postgresql: closed(UNRECORDED),
    redis: UNAFFECTED,
    disk: closed(UNRECORDED),
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;
