import type { Finding } from './finding';

/** Below it a finding is only reported: what acts on findings leaves the text as it is. */
export const ACTION_THRESHOLD = 0.5;

/** A finding before it is known whether another claims the same text. */
export interface Candidate extends Finding {
  /** Words between it and the nearest word that announces it; `Infinity` when there is none. */
  readonly distance: number;
}

/**
 * Of candidates that overlap, the one to believe: one strong enough to act upon; then one whose check digits agree; then one
 * that is announced, by the nearest word; then an identifier rather than a telephone number; then the longer.
 * @returns a negative number when `a` is to be believed rather than `b`
 */
export function believe(a: Candidate, b: Candidate): number {
  return (
    Number(b.confidence >= ACTION_THRESHOLD) - Number(a.confidence >= ACTION_THRESHOLD) ||
    longerPhone(a, b) ||
    Number(b.validated) - Number(a.validated) ||
    nearer(a, b) ||
    Number(a.entity === 'PHONE') - Number(b.entity === 'PHONE') ||
    b.end - b.start - (a.end - a.start) ||
    b.confidence - a.confidence ||
    a.start - b.start ||
    (a.entity < b.entity ? -1 : Number(a.entity > b.entity))
  );
}

/** A telephone number that is announced and whose tail is one of another country. */
const longerPhone = (a: Candidate, b: Candidate): number =>
  a.entity === 'PHONE' && b.entity === 'PHONE' && a.distance < Infinity && b.distance < Infinity
    ? b.end - b.start - (a.end - a.start)
    : 0;
const nearer = (a: Candidate, b: Candidate): number => (a.distance === b.distance ? 0 : a.distance - b.distance);

/** The candidates to believe, sorted by where they start, none overlapping another. Takes n log n steps. */
export function resolveOverlaps(candidates: readonly Candidate[]): Candidate[] {
  const sorted = [...candidates].sort((a, b) => a.start - b.start || a.end - b.end);
  const kept: Candidate[] = [];
  for (let first = 0, next = 1; first < sorted.length; first = next++) {
    let end = sorted[first].end;
    while (next < sorted.length && sorted[next].start < end) end = Math.max(end, sorted[next++].end);
    if (next - first === 1) kept.push(sorted[first]);
    else kept.push(...resolveChain(sorted.slice(first, next)));
  }
  return kept;
}

/** Candidates each of which overlaps another. */
function resolveChain(chain: Candidate[]): Candidate[] {
  const start = chain[0].start;
  const taken = new Uint8Array(Math.max(...chain.map(({ end }) => end)) - start);
  const kept: Candidate[] = [];
  for (const candidate of chain.sort(believe)) {
    // those before it were believed rather than it, so none can lie within it unseen at its ends unless it is longer
    const from = candidate.start - start;
    const to = candidate.end - start;
    if (taken.subarray(from, to).includes(1)) continue;
    taken.fill(1, from, to);
    kept.push(candidate);
  }
  return kept.sort((a, b) => a.start - b.start);
}
