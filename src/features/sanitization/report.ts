import type { InspectionFacts } from '../../contract/call';
import type { Entity } from '../../contract/entities';
import type { Finding } from './finding';
import type { RestoreTally } from './restore/restore-tally';

export type Direction = 'input' | 'output';

/**
 * What the guards did with one call and what they found: written by whoever did it, names and numbers only. Whoever holds it sees
 * what is learnt later.
 */
export class Report implements InspectionFacts {
  readonly found: { [D in Direction]?: { [E in Entity]?: number } } = {};
  injection: InspectionFacts['injection'];
  private tally: RestoreTally | undefined;
  private readonly ranOnes = new Set<string>();
  private readonly raised = new Set<string>();

  /** @param policy hashes of what was in force */
  constructor(readonly policy: Readonly<Record<string, string>>) {}

  get guards(): readonly string[] {
    return [...this.ranOnes].sort();
  }

  get flags(): readonly string[] {
    const missed = this.tally?.misses ? ['restore.miss'] : [];
    return [...this.raised, ...missed].sort();
  }

  /** Of the answer; absent where nothing was to be put back. */
  get restored(): InspectionFacts['restored'] {
    return this.tally;
  }

  /** A guard read all of what it is there for. */
  ran(guard: string): void {
    this.ranOnes.add(guard);
  }

  /** Something may have to be put back from now on: whoever does it counts here. */
  restoring(): RestoreTally {
    return (this.tally ??= { values: 0, misses: 0 });
  }

  flag(flag: string): void {
    this.raised.add(flag);
  }

  count(direction: Direction, findings: readonly Pick<Finding, 'entity'>[]): void {
    for (const { entity } of findings) {
      const counts = (this.found[direction] ??= {});
      counts[entity] = (counts[entity] ?? 0) + 1;
    }
  }
}
