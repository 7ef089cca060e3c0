import type { AnswerOrigin, Purge } from './answer-store';

const KEPT = 10_000;

/** Purges of late: an answer that was on its way meanwhile must not come after them. */
export class PurgeFences {
  /** When; the last one comes last. */
  private readonly fences = new Map<string, number>();

  add({ tenantId, label }: Purge, at: number): void {
    const name = nameOf(tenantId, label);
    this.fences.delete(name);
    this.fences.set(name, at);
    for (const first of this.fences.keys()) {
      if (this.fences.size <= KEPT) break;
      this.fences.delete(first);
    }
  }

  /** Whether the answer was asked for before one of its labels was purged. */
  bar(tenantId: string, { labels, askedAt }: AnswerOrigin): boolean {
    if (!this.fences.size) return false;
    return labels.some((label) => (this.fences.get(nameOf(tenantId, label)) ?? -1) >= askedAt);
  }
}

const nameOf = (tenantId: string, label: string): string => `${tenantId}/${label}`;
