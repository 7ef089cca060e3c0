import type { FullIncident } from '../incident';

/** Seconds from the detection; absent where it did not come to that. */
export interface ReportFigures {
  /** From the first failure to the detection. */
  readonly detectedAfter: number;
  readonly acknowledgedAfter?: number;
  readonly mitigatedAfter?: number;
  readonly resolvedAfter?: number;
}

export function figuresOf(incident: Omit<FullIncident, 'signals'>): ReportFigures {
  const { beganAt, openedAt, acknowledgedAt, mitigatedAt, resolvedAt } = incident;
  const after = (at: Date) => (at.getTime() - openedAt.getTime()) / 1_000;
  return {
    detectedAfter: (openedAt.getTime() - beganAt.getTime()) / 1_000,
    ...(acknowledgedAt && { acknowledgedAfter: after(acknowledgedAt) }),
    ...(mitigatedAt && { mitigatedAfter: after(mitigatedAt) }),
    ...(resolvedAt && { resolvedAfter: after(resolvedAt) }),
  };
}
