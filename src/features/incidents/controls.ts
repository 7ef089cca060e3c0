import { type Control, degraded, UNAFFECTED } from '../../contract/control';

export const INCIDENTS = {
  name: 'incidents',
  purpose: 'Opens incidents, tells people of them, and does what rules say about them.',
  without: {
    postgresql: degraded(
      'Incidents are opened, and people told of them, once it is back; remedies that are in force stay.',
    ),
    redis: UNAFFECTED,
    disk: degraded('As without PostgreSQL.'),
    dns: degraded('Messages wait, and are tried again.'),
    provider: UNAFFECTED,
  },
} as const satisfies Control;
