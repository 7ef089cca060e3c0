import type { Finding } from './findings';
import type { Report, Verdict } from './report';

export const HEADLINES: Record<Verdict, string> = {
  verified: 'VERIFIED: the log is what was signed',
  failed: 'NOT VERIFIED: the log is not as it should be',
  unchecked: 'NOT CHECKED: the bundle cannot be read to its end',
};

/** What a person wants to know first: label and value. */
export function facts(report: Report): readonly (readonly [label: string, value: string])[] {
  const { log, size, root, period, checkpoints, witnesses, entries, batches, writers, content } = report;
  return [
    ['Log', log ?? 'unknown'],
    ['Entries', `${number(size)}, of which ${number(entries.shown)} are shown${rest(entries)}`],
    ['Root', root ?? 'none'],
    ['Period', period ? `${period.from} to ${period.to}` : 'no entry is shown'],
    ['Signed heads', `${number(checkpoints.bundle)} in the bundle, ${number(checkpoints.outside)} brought by you`],
    ['Witnesses', witnesses.map(({ name, time }) => `${name} at ${time}`).join(', ') || 'none of yours'],
    ['Batches', `${number(batches)} by ${number(writers)} writers`],
    ['Content', contentOf(content)],
  ];
}

export function findingText({ index, message, count }: Finding): string {
  const place = index === undefined ? '' : `entry ${index}: `;
  return `${place}${message}${count > 1 ? ` (and ${number(count - 1)} more)` : ''}`;
}

export function eventsOf({ events }: Report): readonly (readonly [event: string, count: string])[] {
  return Object.entries(events)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([event, count]) => [event, number(count)]);
}

function contentOf({ intact, absent, opened, erased }: Report['content']): string {
  const parts = [
    `${number(intact)} present, integrity ok`,
    opened ? `${number(opened)} opened with disclosed keys` : '',
    erased ? `${number(erased)} present, integrity ok, content erased` : '',
    absent ? `${number(absent)} not in the bundle` : '',
  ];
  return parts.filter(Boolean).join('; ');
}

function rest({ pruned, withheld }: Report['entries']): string {
  return `${pruned ? `, ${number(pruned)} were dropped by retention` : ''}${withheld ? `, ${number(withheld)} are withheld` : ''}`;
}

const number = (value: number): string => value.toLocaleString('en-GB');
