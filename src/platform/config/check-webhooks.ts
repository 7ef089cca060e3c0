import type { JobSettings } from './job-settings';
import type { Problems } from './problems';
import type { WebhookSettings } from './webhook-settings';

const FILE = 'gatehouse.yaml';
/** Waits are drawn from around what they are meant to be. */
const JITTER = 1.25;

/** Notes every setting of webhooks that could never take effect. */
export function checkWebhooks(
  webhooks: WebhookSettings,
  { keepSeconds }: Pick<JobSettings, 'keepSeconds'>,
  problems: Problems,
): void {
  const { attempts, backoffMs, maxBackoffMs, timeoutMs, tenantConcurrency, hostConcurrency } = webhooks;
  if (maxBackoffMs < backoffMs)
    problems.add(`${FILE} webhooks.maxBackoffMs`, 'is less than webhooks.backoffMs: no wait would ever be that long');
  if (hostConcurrency > tenantConcurrency)
    problems.add(
      `${FILE} webhooks.hostConcurrency`,
      'is more than webhooks.tenantConcurrency: a tenant never has that many under way',
    );
  let lastMs = attempts * timeoutMs;
  for (let failures = 0; failures < attempts - 1; failures++)
    lastMs += Math.min(backoffMs * 2 ** failures, maxBackoffMs) * JITTER;
  const lastSeconds = Math.ceil(lastMs / 1_000);
  if (lastSeconds > keepSeconds)
    problems.add(
      `${FILE} webhooks.attempts`,
      `the last of ${attempts} tries may come ${lastSeconds} seconds after the end of a job, which is gone after jobs.keepSeconds (${keepSeconds})`,
    );
}
