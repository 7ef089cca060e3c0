import { usdText } from '../../../contract/money';
import type { EndedJob } from '../job';

export interface WebhookMessage {
  readonly type: `job.${EndedJob['job']['status']}`;
  readonly timestamp: string;
  readonly data: object;
}

/** What a receiver is told of the end of a job: facts, and where to read more. Never what was asked or answered. */
export function messageOf({ job }: Pick<EndedJob, 'job'>): WebhookMessage {
  const self = `/v1/jobs/${job.id}`;
  const finishedAt = (job.finishedAt ?? new Date()).toISOString();
  return {
    type: `job.${job.status}`,
    timestamp: finishedAt,
    data: {
      job_id: job.id,
      type: job.type,
      status: job.status,
      created_at: job.createdAt.toISOString(),
      started_at: job.startedAt?.toISOString() ?? null,
      finished_at: finishedAt,
      attempts: job.attempt,
      cost_usd: usdText(job.cost),
      error_code: job.errorCode ?? null,
      links: { self, events: `${self}/events`, deliveries: `${self}/deliveries` },
    },
  };
}
