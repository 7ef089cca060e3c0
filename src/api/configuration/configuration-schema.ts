import { z } from 'zod';
import type { ReloadState } from '../../platform/config/config-reload.service';

const Reload = z.object({
  at: z.iso.datetime(),
  trigger: z.enum(['files', 'signal', 'request']),
  outcome: z
    .enum(['taken', 'unchanged', 'refused', 'failed'])
    .describe('`refused`: there are mistakes; `failed`: it could not be put on record. What held goes on holding.'),
  changed: z.array(z.string()).describe('Parts that were taken.'),
  takes_a_start: z.array(z.string()).describe('Settings that differ from those in use and need a start.'),
  problems: z.array(z.string()),
});

export const ConfigurationView = z.object({
  revision: z.int().min(1).describe('Of this process: 1 at its start, one more with each change.'),
  since: z.iso.datetime().describe('When what holds was taken.'),
  policy: z
    .record(z.string(), z.string())
    .describe('What records name it by: 128 bits of SHA-256, hex, of each part that they tell of.'),
  last_reload: Reload.nullable(),
});
export type ConfigurationView = z.output<typeof ConfigurationView>;

export function configurationView(
  { revision, since, last }: ReloadState,
  policy: ConfigurationView['policy'],
): ConfigurationView {
  return {
    revision,
    since: since.toISOString(),
    policy,
    last_reload: last
      ? {
          at: last.at.toISOString(),
          trigger: last.trigger,
          outcome: last.outcome,
          changed: [...last.changed],
          takes_a_start: [...last.pending],
          problems: [...last.problems],
        }
      : null,
  };
}
