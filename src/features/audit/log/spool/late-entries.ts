import type { Draft } from '../../audit-log';
import type { BroughtIn } from './left-behind';
import type { Drained } from './spooling-device';

/** What the log says of entries that came from a spool. */
export function lateEntry({ writer, batches, entries, since }: Drained): Draft {
  const metadata = { writer, batches, entries, since: new Date(since).toISOString() };
  return { facts: { event: 'audit.late', metadata } };
}

/** The same for the spool of a process that died; and that not all of it could be read. */
export function takenOverEntries({ writer, batches, entries, rest }: BroughtIn): [Draft, ...Draft[]] {
  const metadata = { writer, batches, entries, taken_over: true };
  const late: Draft = { facts: { event: 'audit.late', metadata } };
  if (rest !== 'corrupt') return [late];
  return [late, { facts: { event: 'audit.loss', metadata: { writer, spool: 'corrupt' } } }];
}
