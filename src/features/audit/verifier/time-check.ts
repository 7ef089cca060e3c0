import type { ShownEntry } from './entry-check';
import type { Findings } from './findings';
import { instant } from './instant';

const SKEW_MS = 5_000;
const PRESENT = 10;

/** Clocks. What the database says of the time is not evidence, so nothing here is a failure. */
export class TimeCheck {
  private late = 0;
  private firstLate: number | undefined;
  private explained = false;
  private newest = 0;

  constructor(private readonly findings: Findings) {}

  check(first: number, committedAt: string, entries: readonly ShownEntry[]): void {
    const committed = instant(committedAt);
    if (Number.isNaN(committed)) return this.findings.failure('time', 'the time of the batch is none', first);
    if (this.newest - committed > SKEW_MS)
      this.findings.warning('clock', `the database's clock went back by ${seconds(this.newest - committed)}`, first);
    this.newest = Math.max(this.newest, committed);
    for (const { at, header, index } of entries) {
      if (header.event === 'audit.late') this.explained = true;
      if (at - committed > SKEW_MS)
        this.findings.warning('clock', `is dated ${seconds(at - committed)} after it was stored`, index);
      if (committed - at <= SKEW_MS || header.compliance_flags?.includes('late')) continue;
      this.late++;
      this.firstLate ??= index;
    }
  }

  finish(): void {
    if (!this.late) return;
    const message = `${this.late} entries were stored more than ${SKEW_MS / 1_000} s after their date`;
    if (this.explained) this.findings.notice('late', `${message}, as the log itself says`, this.firstLate);
    else this.findings.warning('late', message, this.firstLate);
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(ms < PRESENT * 1_000 ? 1 : 0)} s`;
