/** Months as they are written: `2026-11`. */
export type Month = string;

/** EU AI Act, articles 19 and 26: no setting goes below it. */
export const FLOOR_MONTHS = 6;

export function firstDay(month: Month): Date {
  return new Date(`${month}-01T00:00:00Z`);
}

export function monthOf(date: Date): Month {
  return date.toISOString().slice(0, 7);
}

/** When what was recorded in the month may go: its last entry has then been kept for all the months. */
export function mayGoFrom(month: Month, retentionMonths: number): Date {
  const first = firstDay(month);
  return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1 + Math.max(FLOOR_MONTHS, retentionMonths)));
}
