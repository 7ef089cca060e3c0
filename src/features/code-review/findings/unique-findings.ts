import { type Severity, SEVERITIES } from '../passes';
import type { Finding } from './finding';

const NEAR_LINES = 1;
/** So many of the words of two titles are the same when they say the same. */
const ALIKE = 0.6;

/** Each problem once, the worst first; then by file and line. */
export function uniqueFindings(findings: readonly Finding[]): readonly Finding[] {
  const kept: Finding[] = [];
  const byFile = new Map<string, number[]>();
  for (const finding of findings.toSorted(inOrder)) {
    const others = byFile.get(finding.file) ?? [];
    const same = others.find((i) => kept[i] && saysTheSame(kept[i], finding));
    const first = same === undefined ? undefined : kept[same];
    if (same !== undefined && first) {
      kept[same] = { ...first, passes: [...new Set([...first.passes, ...finding.passes])] };
      continue;
    }
    others.push(kept.push(finding) - 1);
    byFile.set(finding.file, others);
  }
  return kept;
}

export function countBySeverity(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

function inOrder(a: Finding, b: Finding): number {
  const worse = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  return worse || (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line;
}

function saysTheSame(a: Finding, b: Finding): boolean {
  if (Math.abs(a.line - b.line) > NEAR_LINES) return false;
  return (a.line === b.line && a.category === b.category) || likeness(a.title, b.title) >= ALIKE;
}

function likeness(a: string, b: string): number {
  const [first, second] = [wordsOf(a), wordsOf(b)];
  const both = [...first].filter((word) => second.has(word)).length;
  return both / Math.max(1, Math.min(first.size, second.size));
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}_]{3,}/gu) ?? []);
