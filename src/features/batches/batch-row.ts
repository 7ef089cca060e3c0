import type { BatchFault } from './batch-call';
import type { BatchFiles, BatchState, Passage, WhyHere } from './batch-state';

/** As PostgreSQL hands it over. */
export interface BatchRow {
  readonly job_id: string;
  readonly tenant_id: string;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly in_progress_at: Date | null;
  readonly finalizing_at: Date | null;
  readonly closed_at: Date | null;
  readonly output_file: string | null;
  readonly error_file: string | null;
  readonly epoch: number;
  readonly faults: Buffer | null;
  readonly way: 'here' | 'provider' | null;
  readonly why: WhyHere | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly sent_at: Date | null;
  readonly sent_ago_ms: number | null;
  readonly remote_id: string | null;
  readonly remote_status: string | null;
  readonly collected_at: Date | null;
}

export function stateOf(row: BatchRow, faults: readonly BatchFault[]): BatchState {
  const { total, completed, failed } = row;
  return {
    jobId: row.job_id,
    counts: { total, completed, failed },
    ...(row.in_progress_at && { inProgressAt: row.in_progress_at }),
    ...(row.finalizing_at && { finalizingAt: row.finalizing_at }),
    ...(row.closed_at && { closedAt: row.closed_at }),
    files: filesOf(row),
    faults,
    passage: passageOf(row),
  };
}

export function passageOf(row: Omit<BatchRow, 'faults'>): Passage {
  const { way, why, provider, model, sent_at, sent_ago_ms, remote_id, remote_status, collected_at } = row;
  if (way === null) return { way: 'undecided' };
  if (way === 'here') return { way, why: why ?? 'not_asked' };
  return {
    way,
    provider: provider ?? '',
    model: model ?? '',
    ...(sent_at && { sent: { at: sent_at, agoMs: sent_ago_ms ?? 0 } }),
    ...(remote_id !== null && { id: remote_id }),
    ...(remote_status !== null && { status: remote_status }),
    collected: collected_at !== null,
  };
}

export function filesOf({ output_file, error_file }: Pick<BatchRow, 'output_file' | 'error_file'>): BatchFiles {
  return { ...(output_file !== null && { output: output_file }), ...(error_file !== null && { errors: error_file }) };
}
