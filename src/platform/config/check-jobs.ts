import type { JobSettings } from './job-settings';
import type { Problems } from './problems';

const FILE = 'gatehouse.yaml';

/** Notes every setting of jobs that could never take effect. */
export function checkJobs(
  { backoffMs, maxBackoffMs, ttlSeconds, maxTtlSeconds }: JobSettings,
  problems: Problems,
): void {
  if (maxBackoffMs < backoffMs)
    problems.add(`${FILE} jobs.maxBackoffMs`, 'is less than jobs.backoffMs: no wait would ever be that long');
  if (maxTtlSeconds < ttlSeconds)
    problems.add(`${FILE} jobs.maxTtlSeconds`, 'is less than jobs.ttlSeconds, which jobs have that name no time');
}
