import type { Finding } from '../finding';
import { withoutOverlap } from './without-overlap';

/**
 * What rules and a sidecar found in the same text, in order of appearance and without overlap. A rule's finding stands as a
 * whole and the sidecar's is cut around it: a street whose postcode is a rule's is found on both sides of it. Only where a
 * sidecar's surer finding covers all of what no check digit agreed with, the sidecar's has it. Whatever either found is still
 * found, and as surely: a rule's finding that a surer one overlaps becomes as sure as that.
 * @param rules in any order; no two overlap
 * @param sidecar as an `EntityDetector` answers
 * @param text where it is given, pieces that are left lose the space and punctuation at their edges
 */
export function mergeFindings(
  rules: readonly Finding[],
  sidecar: readonly Finding[],
  text?: string,
): readonly Finding[] {
  const standing: Finding[] = [];
  let first = 0;
  for (const rule of rules.toSorted((a, b) => a.start - b.start)) {
    while (first < sidecar.length && (sidecar[first] as Finding).end <= rule.start) first++;
    let confidence = rule.confidence;
    let covered = false;
    for (let at = first; at < sidecar.length && (sidecar[at] as Finding).start < rule.end; at++) {
      const other = sidecar[at] as Finding;
      covered ||= other.start <= rule.start && other.end >= rule.end && other.confidence > rule.confidence;
      confidence = Math.max(confidence, other.confidence);
    }
    if (rule.validated || !covered) standing.push(confidence === rule.confidence ? rule : { ...rule, confidence });
  }
  return withoutOverlap([...standing, ...sidecar], text);
}
