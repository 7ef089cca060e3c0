import { type Control, IN_MEMORY } from '../../contract/control';

export const TELEMETRY = {
  name: 'telemetry',
  purpose: 'Metrics in memory, log lines on standard output.',
  without: IN_MEMORY,
} as const satisfies Control;
