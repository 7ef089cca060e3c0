import { usdText } from '../../contract/money';
import { BATCH_PREFIX, FILE_PREFIX, publicId } from '../../contract/public-ids';
import type { BatchBody, BatchState, Passage } from '../../features/batches';
import type { FullJob } from '../../features/jobs';
import type { BatchStatus, BatchView } from './batch-schema';

/** A batch in OpenAI's words: its job, what was handed in, and how far it is; the last is absent until somebody begins it. */
export function batchView(job: FullJob, asked: BatchBody, state: BatchState | undefined): BatchView {
  const status = statusOf(job, state);
  const { closedAt, files, counts } = state ?? { files: {}, counts: { total: 0, completed: 0, failed: 0 } };
  const { output, errors } = closedAt ? files : {};
  const ended = (at: boolean) => (at ? seconds(job.finishedAt) : null);
  return {
    id: publicId(BATCH_PREFIX, job.id),
    object: 'batch',
    endpoint: asked.endpoint,
    errors: errorsOf(job, state),
    input_file_id: asked.input_file_id,
    completion_window: asked.completion_window,
    status,
    output_file_id: output === undefined ? null : publicId(FILE_PREFIX, output),
    error_file_id: errors === undefined ? null : publicId(FILE_PREFIX, errors),
    created_at: Math.floor(job.createdAt.getTime() / 1_000),
    in_progress_at: seconds(state?.inProgressAt),
    expires_at: seconds(job.expiresAt),
    finalizing_at: seconds(state?.finalizingAt),
    completed_at: ended(status === 'completed'),
    failed_at: ended(status === 'failed'),
    expired_at: ended(status === 'expired'),
    cancelling_at: ended(job.status === 'cancelled'),
    cancelled_at: status === 'cancelled' ? seconds(closedAt) : null,
    request_counts: { ...counts },
    metadata: asked.metadata ?? null,
    gatehouse: { job_id: job.id, cost_usd: usdText(job.cost), pass_through: passageView(state?.passage) },
  };
}

function passageView(passage: Passage | undefined): BatchView['gatehouse']['pass_through'] {
  if (!passage || passage.way === 'undecided') return null;
  const { way } = passage;
  if (way === 'here') return { way, reason: passage.why, provider: null, model: null, batch_id: null, status: null };
  const { provider, model, id = null, status = null } = passage;
  return { way, reason: null, provider, model, batch_id: id, status };
}

/** A batch that ended early is over once the files of what was done are there. */
export function statusOf({ status }: Pick<FullJob, 'status'>, state: BatchState | undefined): BatchStatus {
  const isClosed = state?.closedAt !== undefined;
  switch (status) {
    case 'succeeded':
      return 'completed';
    case 'cancelled':
      return isClosed ? 'cancelled' : 'cancelling';
    case 'expired':
      return isClosed ? 'expired' : 'finalizing';
    case 'failed':
    case 'dead':
      return isClosed || !state?.counts.total ? 'failed' : 'finalizing';
    default:
      if (state?.finalizingAt) return 'finalizing';
      return state?.inProgressAt ? 'in_progress' : 'validating';
  }
}

function errorsOf({ status, error }: FullJob, state: BatchState | undefined): BatchView['errors'] {
  if (status !== 'failed' && status !== 'dead') return null;
  const faults = state?.faults.map((fault) => ({ ...fault })) ?? [];
  const whole = error ? [{ code: error.code, message: error.message, param: error.param ?? null, line: null }] : [];
  return { object: 'list', data: faults.length ? faults : whole };
}

function seconds(at: Date | undefined): number | null {
  return at ? Math.floor(at.getTime() / 1_000) : null;
}
