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

export const REVIEWING = {
  name: 'reviewing',
  purpose: 'Shows the log to those who may read it, each answer only once the entry that tells of it is durable.',
  without: {
    postgresql: closed(
      '503 `audit_unavailable` or `storage_unavailable`; checkpoints that are published elsewhere stay readable there.',
    ),
    redis: UNAFFECTED,
    disk: closed(
      '503 `audit_unavailable`: nothing can be put on record, so nothing is shown but how well the log is kept, the newest checkpoint and the keys that verify it.',
    ),
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;
