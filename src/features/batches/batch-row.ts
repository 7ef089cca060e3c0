import type { BatchFault } from './batch-call';
import type { BatchFiles, BatchState } from './batch-state';

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
  };
}

export function filesOf({ output_file, error_file }: Pick<BatchRow, 'output_file' | 'error_file'>): BatchFiles {
  return { ...(output_file !== null && { output: output_file }), ...(error_file !== null && { errors: error_file }) };
}
