import type { JobStatus, JobType } from '../../contract/job';
import type { JobFacts } from './job';

/** All columns but the sealed ones, of table `jobs` under the alias `j`. */
export const FACTS = `
  j.id, j.tenant_id, j.key_id, j.type, j.status, j.priority, j.created_at, j.run_at, j.started_at, j.claimed_at, j.finished_at, j.expires_at,
  j.removed_at, j.progress, j.stage, j.seq, j.attempt, j.failures, j.takeovers, j.cost_picos::text as cost, j.held, j.error_code,
  j.status = 'queued' and j.run_at > clock_timestamp() as ahead`;

export interface JobRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly key_id: string;
  readonly type: JobType;
  readonly status: Exclude<JobStatus, 'scheduled'>;
  readonly priority: number;
  readonly created_at: Date;
  readonly run_at: Date;
  readonly started_at: Date | null;
  readonly claimed_at: Date | null;
  readonly finished_at: Date | null;
  readonly expires_at: Date;
  readonly removed_at: Date | null;
  readonly progress: number;
  readonly stage: string | null;
  readonly seq: string;
  readonly attempt: number;
  readonly failures: number;
  readonly takeovers: number;
  readonly cost: string;
  readonly held: boolean;
  readonly error_code: string | null;
  readonly ahead: boolean;
}

export function factsOf(row: JobRow): JobFacts {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    keyId: row.key_id,
    type: row.type,
    status: row.ahead ? 'scheduled' : row.status,
    priority: row.priority,
    createdAt: row.created_at,
    runAt: row.run_at,
    ...(row.started_at && { startedAt: row.started_at }),
    ...(row.claimed_at && { claimedAt: row.claimed_at }),
    ...(row.finished_at && { finishedAt: row.finished_at }),
    expiresAt: row.expires_at,
    ...(row.removed_at && { removedAt: row.removed_at }),
    progress: row.progress,
    ...(row.stage !== null && { stage: row.stage }),
    seq: Number(row.seq),
    attempt: row.attempt,
    failures: row.failures,
    takeovers: row.takeovers,
    cost: BigInt(row.cost),
    held: row.held,
    ...(row.error_code !== null && { errorCode: row.error_code }),
  };
}

export const FINAL: ReadonlySet<JobStatus> = new Set(['succeeded', 'failed', 'cancelled', 'expired', 'dead']);
