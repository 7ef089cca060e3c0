import type { Caller } from '../../contract/caller';
import { usdText } from '../../contract/money';
import {
  type Backlog,
  FINAL,
  type FullJob,
  type JobEvent,
  type JobFacts,
  secondsToStart,
  usualSeconds,
} from '../../features/jobs';
import type { JobSummary, JobView } from './job-schema';

export function linksOf({ id, status }: Pick<JobFacts, 'id' | 'status'>): JobSummary['links'] {
  const self = `/v1/jobs/${id}`;
  return {
    self,
    events: `${self}/events`,
    ...(!FINAL.has(status) && { cancel: self }),
    ...(FINAL.has(status) && status !== 'succeeded' && { retry: `${self}/retry` }),
  };
}

export function summaryOf(job: JobFacts): JobSummary {
  return {
    job_id: job.id,
    type: job.type,
    status: job.status,
    tenant: job.tenantId,
    key: job.keyId,
    priority: job.priority,
    progress: Math.round(job.progress * 10) / 10,
    stage: job.stage ?? null,
    created_at: job.createdAt.toISOString(),
    run_at: job.runAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    finished_at: job.finishedAt?.toISOString() ?? null,
    expires_at: job.expiresAt.toISOString(),
    removed_at: job.removedAt?.toISOString() ?? null,
    attempts: job.attempt,
    failures: job.failures,
    takeovers: job.takeovers,
    cost_usd: usdText(job.cost),
    error_code: job.errorCode ?? null,
    links: linksOf(job),
  };
}

/** Content is for whoever handed the job in: an operator sees that a job is there, and how it goes. */
export function viewOf(job: FullJob, caller: Caller, backlog: Backlog | undefined): JobView {
  const isOwn = job.keyId === caller.keyId;
  const { error, errorCode } = job;
  return {
    ...summaryOf(job),
    eta_seconds: backlog ? etaOf(job, backlog) : null,
    partial_results: isOwn ? job.partials.map(({ key, value, at }) => ({ key, value, at: at.toISOString() })) : [],
    result: (isOwn ? job.result : undefined) ?? null,
    error: errorCode === undefined ? null : ((isOwn ? error : undefined) ?? { code: errorCode }),
    ...(!isOwn && { content_withheld: true as const }),
  };
}

/** What whoever watches is told: never more than `viewOf` shows. */
export function eventData(event: JobEvent, jobId: string): object {
  const { seq, type } = event;
  if (type === 'status') return { seq, ...summaryOf(event.job) };
  if (type === 'progress') return { job_id: jobId, seq, progress: event.progress, stage: event.stage ?? null };
  return { job_id: jobId, seq, key: event.key, value: event.value, at: event.at.toISOString() };
}

/** Seconds until the job ends, as far as can be told from how it went so far and how others went. */
function etaOf(job: JobFacts, backlog: Backlog, now = Date.now()): number | null {
  if (FINAL.has(job.status)) return null;
  const usual = usualSeconds(backlog, job.type);
  if (job.status === 'running') {
    const elapsed = (now - (job.claimedAt ?? job.createdAt).getTime()) / 1_000;
    const left = job.progress >= 5 ? (elapsed * (100 - job.progress)) / job.progress : usual - elapsed;
    return rounded(Math.max(0, left));
  }
  if (!backlog.slots) return null;
  const ahead = Math.max(0, (job.runAt.getTime() - now) / 1_000);
  return rounded(Math.max(ahead, secondsToStart(backlog)) + usual);
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
