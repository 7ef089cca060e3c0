import { closed, type Control, UNAFFECTED } from '../../contract/control';

const UNRECORDED =
  '503 `storage_unavailable`: no provider is asked, and an answer that is ready is withheld; every call is recorded once it is back.';

export const RECORD = {
  name: 'record',
  purpose: 'A durable record of every call, opened before a provider is asked and closed before the last word leaves.',
  without: {
    postgresql: closed(UNRECORDED),
    redis: UNAFFECTED,
    disk: closed(UNRECORDED),
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;
