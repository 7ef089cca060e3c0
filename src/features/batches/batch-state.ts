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
  readonly passage: Passage;
}

/** Why a batch is worked off here. `refused`: the provider would not take it. */
export type WhyHere =
  | 'not_asked'
  | 'switched_off'
  | 'several_models'
  | 'model'
  | 'no_batch_api'
  | 'endpoint'
  | 'repair'
  | 'too_large'
  | 'refused';

/** Which way a batch goes. `undecided`: nobody has looked. */
export type Passage =
  | { readonly way: 'undecided' }
  | { readonly way: 'here'; readonly why: WhyHere }
  | ({ readonly way: 'provider' } & RemoteBatch);

/** A batch in a provider's own batch API. */
export interface RemoteBatch {
  readonly provider: string;
  /** The provider's own name for the model. */
  readonly model: string;
  /** When somebody last began to hand it in, and how long that is ago. */
  readonly sent?: { readonly at: Date; readonly agoMs: number };
  /** The provider's own id of it. */
  readonly id?: string;
  /** As the provider says it. */
  readonly status?: string;
  /** What the provider did is here, and nothing is left there. */
  readonly collected: boolean;
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
