import { escapeLine } from '../../../contract/escape-controls';
import type { Severity } from './findings';
import type { Report } from './report';
import { eventsOf, facts, findingText, HEADLINES } from './report-lines';

const TITLES: Record<Severity, string> = { failure: 'Wrong', warning: 'To look at', notice: 'Worth knowing' };

/** A page for a terminal. What the bundle says stays in its line: it could otherwise add a verdict of its own. */
export function reportText(report: Report): string {
  const { verdict, reason, first_bad: bad, findings } = report;
  const lines = [HEADLINES[verdict], ''];
  if (reason !== undefined) lines.push(`${reason}.`, '');
  if (bad) lines.push(`The first bad entry is ${bad.index}: ${bad.message}.`, '');
  for (const [label, value] of facts(report)) lines.push(`${label.padEnd(14)}${value}`);
  for (const severity of ['failure', 'warning', 'notice'] as const) {
    const these = findings.filter((finding) => finding.severity === severity);
    if (these.length)
      lines.push('', `${TITLES[severity]}:`, ...these.map((one) => `  [${one.code}] ${findingText(one)}`));
  }
  const events = eventsOf(report);
  if (events.length) lines.push('', 'Events:', ...events.map(([event, count]) => `  ${event.padEnd(22)}${count}`));
  return lines.map((line) => `${escapeLine(line)}\n`).join('');
}
