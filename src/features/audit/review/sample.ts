import { createHash } from 'node:crypto';

const CONTEXT = 'gatehouse-audit-sample/v1';

interface Ranked {
  readonly index: number;
  readonly rank: Buffer;
}

/**
 * A sample that anybody can draw again: the rank of an entry is SHA-256 of
 * `gatehouse-audit-sample/v1\n<seed>\n<index in decimal>`, and the entries of the lowest ranks are in the sample. Every
 * subset of that size is equally likely for a random seed, in whatever order the entries are offered.
 */
export class Sample {
  /** A heap, the highest rank on top. */
  private readonly kept: Ranked[] = [];
  private seen = 0;

  constructor(
    private readonly size: number,
    private readonly seed: string,
  ) {}

  offer(index: number): void {
    this.seen++;
    const offered = { index, rank: rankOf(this.seed, index) };
    if (this.kept.length < this.size) {
      this.kept.push(offered);
      this.rise(this.kept.length - 1);
    } else if (this.kept[0] && Buffer.compare(offered.rank, this.kept[0].rank) < 0) {
      this.kept[0] = offered;
      this.sink();
    }
  }

  /** How many were offered. */
  get population(): number {
    return this.seen;
  }

  /** In the order of the log. */
  get indexes(): readonly number[] {
    return this.kept.map(({ index }) => index).sort((a, b) => a - b);
  }

  private rise(at: number): void {
    for (let parent = (at - 1) >> 1; at > 0 && this.above(at, parent); at = parent, parent = (at - 1) >> 1)
      this.swap(at, parent);
  }

  private sink(): void {
    for (let at = 0; ;) {
      let largest = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.kept.length && this.above(child, largest)) largest = child;
      if (largest === at) return;
      this.swap(at, largest);
      at = largest;
    }
  }

  private above(a: number, b: number): boolean {
    return Buffer.compare((this.kept[a] as Ranked).rank, (this.kept[b] as Ranked).rank) > 0;
  }

  private swap(a: number, b: number): void {
    [this.kept[a], this.kept[b]] = [this.kept[b] as Ranked, this.kept[a] as Ranked];
  }
}

export function rankOf(seed: string, index: number): Buffer {
  return createHash('sha256').update(`${CONTEXT}\n${seed}\n${index}`).digest();
}
