import { closed, degraded, type Control, UNAFFECTED } from '../../contract/control';

export const AUTHENTICATION = {
  name: 'authentication',
  purpose: 'Says who is calling.',
  without: {
    postgresql: degraded(
      'Keys seen within the last five minutes are still accepted; any other is refused with 503, never with 401.',
    ),
    redis: UNAFFECTED,
    disk: UNAFFECTED,
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;

export const ADMINISTRATION = {
  name: 'administration',
  purpose: 'Makes, shows and revokes tenants and keys.',
  without: {
    postgresql: closed('503 `storage_unavailable`.'),
    redis: UNAFFECTED,
    disk: degraded('Shows what there is; a change is refused with 503 `storage_unavailable`.'),
    dns: UNAFFECTED,
    provider: UNAFFECTED,
  },
} as const satisfies Control;
