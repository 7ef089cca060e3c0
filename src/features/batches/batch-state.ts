import type { BatchFault } from './batch-call';

/** How far a batch is. */
export interface BatchState {
  readonly jobId: string;
  readonly counts: BatchCounts;
  readonly inProgressAt?: Date;
  readonly finalizingAt?: Date;
  /** Whatever its job ended with: its files are there. */
  readonly closedAt?: Date;
  readonly files: BatchFiles;
  /** What is wrong with its input; it is not done then. */
  readonly faults: readonly BatchFault[];
}

export interface BatchCounts {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
}

/** Ids of files. Absent where there would be nothing in it. */
export interface BatchFiles {
  readonly output?: string;
  readonly errors?: string;
}

/** The right to put the files of a batch together, until somebody else takes it. */
export interface Assembly {
  readonly jobId: string;
  readonly tenantId: string;
  readonly epoch: number;
  /** Files of an earlier time. */
  readonly former: BatchFiles;
  readonly total: number;
}
