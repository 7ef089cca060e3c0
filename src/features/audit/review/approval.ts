/** What a second person can agree to. */
export const APPROVAL_KINDS = ['reveal', 'subject_export', 'disclose_keys', 'shred_subject', 'shred_tenant'] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];

/** What people wrote when they asked; sealed where it is kept. */
export interface AskedWords {
  readonly reason: string;
  readonly ticket?: string | undefined;
  /** What the one who decides is shown of an act whose targets say little. */
  readonly request?: object | undefined;
  /** Of what is found by a filter or a person: the log had so many entries when they asked, and none that came later is meant. */
  readonly logSize?: number | undefined;
}

/** What somebody wants to do. */
export interface Ask {
  readonly kind: ApprovalKind;
  readonly tenant: string;
  /** Exactly what it is to be done to: entry ids, a subject reference, the hash of a request. */
  readonly targets: readonly string[];
  readonly words: AskedWords;
}

export interface Approval extends Ask {
  readonly id: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly decision: 'approved' | 'denied' | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly usedAt: Date | null;
}

export type ApprovalStatus = 'pending' | 'approved' | 'denied' | 'used' | 'expired';

export function statusOf({ decision, usedAt, expiresAt }: Approval, now: number): ApprovalStatus {
  if (decision === 'denied') return 'denied';
  if (usedAt) return 'used';
  if (expiresAt.getTime() <= now) return 'expired';
  return decision ?? 'pending';
}
