import type { Finding } from '../finding';
import { withoutOverlap } from './without-overlap';

/**
 * One list of what several windows and languages gave. Findings of the same kind that overlap are one, as sure as the surest:
 * a name that stood at the edge of a window was seen by halves. Between kinds the surer one has the stretch, then the longer.
 */
export function joinedFindings(found: readonly Finding[], text: string): readonly Finding[] {
  const ranked = united(found).sort(
    (a, b) => b.confidence - a.confidence || b.end - b.start - (a.end - a.start) || a.start - b.start,
  );
  return withoutOverlap(ranked, text);
}

function united(found: readonly Finding[]): Finding[] {
  const latest = new Map<string, Finding>();
  const whole: Finding[] = [];
  for (const finding of found.toSorted((a, b) => a.start - b.start)) {
    const before = latest.get(finding.entity);
    if (before && finding.start >= before.end) whole.push(before);
    latest.set(finding.entity, before && finding.start < before.end ? union(before, finding) : finding);
  }
  return [...whole, ...latest.values()];
}

function union(a: Finding, b: Finding): Finding {
  return { ...a, end: Math.max(a.end, b.end), confidence: Math.max(a.confidence, b.confidence) };
}
