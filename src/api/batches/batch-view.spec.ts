import type { JobStatus } from '../../contract/job';
import type { BatchState } from '../../features/batches';
import { statusOf } from './batch-view';

const AT = new Date(1);
const state = (more: Partial<BatchState> = {}): BatchState => ({
  jobId: 'j',
  counts: { total: 2, completed: 0, failed: 0 },
  files: {},
  faults: [],
  passage: { way: 'here', why: 'not_asked' },
  ...more,
});
const NONE = { counts: { total: 0, completed: 0, failed: 0 } };

describe('the status of a batch', () => {
  it.each<[JobStatus, BatchState | undefined, string]>([
    ['queued', undefined, 'validating'],
    ['running', state(NONE), 'validating'],
    ['running', state({ inProgressAt: AT }), 'in_progress'],
    ['queued', state({ inProgressAt: AT }), 'in_progress'],
    ['running', state({ inProgressAt: AT, finalizingAt: AT }), 'finalizing'],
    ['succeeded', state({ closedAt: AT }), 'completed'],
    ['cancelled', undefined, 'cancelling'],
    ['cancelled', state(), 'cancelling'],
    ['cancelled', state({ closedAt: AT }), 'cancelled'],
    ['expired', state(), 'finalizing'],
    ['expired', state({ closedAt: AT }), 'expired'],
    ['failed', state(NONE), 'failed'],
    ['failed', state(), 'finalizing'],
    ['dead', state({ closedAt: AT }), 'failed'],
  ])('of a job that is %s', (status, of, expected) => {
    expect(statusOf({ status }, of)).toBe(expected);
  });
});
