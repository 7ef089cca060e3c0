/**
 * failure: the log, or what is shown of it, is not as it should be.
 * warning: nothing is forged, but somebody should look.
 * notice: worth knowing.
 */
export type Severity = 'failure' | 'warning' | 'notice';

export interface Finding {
  readonly severity: Severity;
  /** What is wrong, for programs. */
  readonly code: string;
  /** What is wrong, for people. */
  readonly message: string;
  /** The first entry concerned. */
  readonly index?: number;
  /** How many times it was found; `index` and `message` are of the first. */
  readonly count: number;
}

/** Each code is kept a few times, and counted beyond. */
const KEPT = 20;

export class Findings {
  private readonly found: Finding[] = [];
  private readonly more = new Map<string, number>();

  failure(code: string, message: string, index?: number): void {
    this.add('failure', code, message, index);
  }

  warning(code: string, message: string, index?: number): void {
    this.add('warning', code, message, index);
  }

  notice(code: string, message: string, index?: number): void {
    this.add('notice', code, message, index);
  }

  get failed(): boolean {
    return this.found.some(({ severity }) => severity === 'failure');
  }

  /** Failures first, each severity in the order of the log. */
  all(): readonly Finding[] {
    const rank: Record<Severity, number> = { failure: 0, warning: 1, notice: 2 };
    const place = ({ index }: Finding) => index ?? Number.MAX_SAFE_INTEGER;
    return this.found.toSorted((a, b) => rank[a.severity] - rank[b.severity] || place(a) - place(b));
  }

  private add(severity: Severity, code: string, message: string, index: number | undefined): void {
    const seen = (this.more.get(code) ?? 0) + 1;
    this.more.set(code, seen);
    if (seen <= KEPT) this.found.push({ severity, code, message, count: 1, ...(index !== undefined && { index }) });
    else {
      const at = this.found.findLastIndex((finding) => finding.code === code);
      const last = this.found[at] as Finding;
      this.found[at] = { ...last, count: last.count + 1 };
    }
  }
}

/** Nothing after this can be checked; it has been reported. */
export class Stop extends Error {}
