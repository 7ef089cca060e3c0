import type { PlainObject } from '../audit-log';
import type { Month } from './retention-dates';

/** What a month was when it was sealed. */
export interface Seal {
  readonly first: number;
  readonly last: number;
  /** RFC 6962, over the leaves of the month alone; hex. */
  readonly root: string;
  /** Entries by tenant; those of the installation under `-`. */
  readonly tenants: Readonly<Record<string, number>>;
  /** Those who were admitted in the month and wrote on after it: later batches are verified with it. */
  readonly writers: readonly PlainObject[];
}

export interface Archive {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A month on its way out. What is set has happened and is in the log, so that the way can be taken up at any point. */
export interface RetentionPlan {
  readonly id: string;
  readonly month: Month;
  readonly plannedBy: string;
  readonly plannedAt: Date;
  readonly planEntry: string;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  readonly seal: Seal | null;
  readonly sealEntry: string | null;
  readonly archive: Archive | null;
  readonly archiveWanted: boolean;
  readonly dropEntry: string | null;
  readonly dropIndex: number | null;
  readonly droppedAt: Date | null;
}

export function planStatus({ approvedAt, droppedAt }: RetentionPlan): 'planned' | 'approved' | 'dropped' {
  return droppedAt ? 'dropped' : approvedAt ? 'approved' : 'planned';
}
