import type { Cosignature } from './heads';
import type { Finding } from './findings';

/**
 * verified: everything that can be checked is as it should be.
 * failed: something is not.
 * unchecked: the bundle could not be read to its end, and nothing wrong was found before.
 */
export type Verdict = 'verified' | 'failed' | 'unchecked';

export interface Report {
  readonly format: 'gatehouse-audit-report/v1';
  readonly verdict: Verdict;
  /** Why it could not be checked. */
  readonly reason?: string;
  /** The first entry that is not as it should be, as far as that can be told. */
  readonly first_bad?: { readonly index: number; readonly code: string; readonly message: string };
  readonly log?: string;
  readonly size: number;
  /** Base64. */
  readonly root?: string;
  /** Timestamps of the oldest and the newest entry that is shown. */
  readonly period?: { readonly from: string; readonly to: string };
  readonly checkpoints: { readonly bundle: number; readonly outside: number };
  readonly witnesses: readonly Cosignature[];
  readonly entries: { readonly shown: number; readonly pruned: number; readonly withheld: number };
  readonly events: Readonly<Record<string, number>>;
  readonly batches: number;
  readonly writers: number;
  /** Content: unchanged; not in the bundle; opened with a disclosed key; unchanged, but its key was destroyed. */
  readonly content: {
    readonly intact: number;
    readonly absent: number;
    readonly opened: number;
    readonly erased: number;
  };
  readonly findings: readonly Finding[];
}

/** 0, 1 or 2: what the command ends with. */
export function exitCode({ verdict }: Pick<Report, 'verdict'>): 0 | 1 | 2 {
  return verdict === 'verified' ? 0 : verdict === 'failed' ? 1 : 2;
}
