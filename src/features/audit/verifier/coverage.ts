import type { ShownEntry } from './entry-check';
import type { Findings } from './findings';

interface Range {
  readonly first: number;
  /** Not in it any more. */
  readonly end: number;
}

interface Drop extends Range {
  readonly entry: string;
}

/** How much of the log is shown, and why the rest is not. */
export class Coverage {
  private readonly hidden: { first: number; end: number }[] = [];
  private readonly drops: Drop[] = [];
  shown = 0;

  constructor(private readonly findings: Findings) {}

  withhold(first: number, end: number): void {
    const last = this.hidden.at(-1);
    if (last?.end === first) last.end = end;
    else this.hidden.push({ first, end });
  }

  /** A `retention.drop` entry. */
  drop({ header: { metadata, entry_id: entry }, index }: ShownEntry): void {
    const { first, last } = metadata ?? {};
    if (typeof first === 'number' && typeof last === 'number' && first <= last && last < index)
      this.drops.push({ first, end: last + 1, entry });
    else this.findings.failure('retention', 'does not say which entries are dropped', index);
  }

  /** @param whole whether everything should be shown that was not dropped */
  finish(whole: boolean): { readonly pruned: number; readonly withheld: number } {
    let [pruned, withheld] = [0, 0];
    const drops = apart(this.drops);
    const by = new Map<string, number>();
    let next = 0;
    for (const { first, end } of this.hidden) {
      let at = first;
      while (next < drops.length && (drops[next] as Drop).end <= first) next++;
      for (let i = next; i < drops.length && (drops[i] as Drop).first < end; i++) {
        const drop = drops[i] as Drop;
        const [from, to] = [Math.max(at, drop.first), Math.min(end, drop.end)];
        if (from > at) withheld += this.missing(at, from, whole);
        by.set(drop.entry, (by.get(drop.entry) ?? 0) + to - from);
        pruned += to - from;
        at = to;
      }
      if (at < end) withheld += this.missing(at, end, whole);
    }
    for (const [entry, count] of by) this.findings.notice('pruned', `pruned by manifest ${entry}: ${count} entries`);
    return { pruned, withheld };
  }

  private missing(first: number, end: number, whole: boolean): number {
    if (whole)
      this.findings.failure(
        'withheld',
        `the entries ${first} to ${end - 1} are not shown, and nothing says why`,
        first,
      );
    return end - first;
  }
}

/** In order, and each without what those before cover already: one walk along all of them is enough. */
function apart(drops: readonly Drop[]): Drop[] {
  const parts: Drop[] = [];
  let covered = 0;
  for (const drop of drops.toSorted((a, b) => a.first - b.first)) {
    const first = Math.max(covered, drop.first);
    if (first < drop.end) parts.push({ ...drop, first });
    covered = Math.max(covered, drop.end);
  }
  return parts;
}
