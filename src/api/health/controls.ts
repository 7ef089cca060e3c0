import { closed, degraded, type Control, open } from '../../contract/control';

const WHILE_ONE_IS_THERE = degraded('Ready while one provider can be reached; `/health/ready` is 503 when none can.');

export const PROBES = {
  name: 'probes',
  purpose: 'Tell whoever sends calls whether they can be served.',
  without: {
    postgresql: closed('`/health/ready` is 503.'),
    redis: open('`/health/ready` stays 200; `/health` shows Redis as degraded.'),
    disk: closed('`/health/ready` is 503 once a record could not be written.'),
    dns: WHILE_ONE_IS_THERE,
    provider: WHILE_ONE_IS_THERE,
  },
} as const satisfies Control;
