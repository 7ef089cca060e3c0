import { Counter, type CounterConfiguration } from 'prom-client';

interface Tally<L extends string> {
  readonly labels: Record<L, string>;
  /** Since the registry was told last. */
  more: number;
}
type Branch<L extends string> = Map<string, Branch<L> | Tally<L>>;

/**
 * A counter that adds up by itself and tells the registry when it is read: finding the series of a few labels there costs more
 * than all else that is done for a figure.
 */
export class TalliedCounter<L extends string> {
  private readonly root: Branch<L> = new Map();
  private readonly tallies: Tally<L>[] = [];

  constructor(private readonly config: CounterConfiguration<L> & { readonly labelNames: readonly L[] }) {
    const counter: Counter<L> = new Counter<L>({ ...config, collect: (): void => this.tell(counter) });
  }

  /** @param values of the labels, in the order of `labelNames` */
  add(amount: number, ...values: string[]): void {
    let branch = this.root;
    const last = values.length - 1;
    for (let i = 0; i < last; i++) {
      const value = values[i] as string;
      let next = branch.get(value) as Branch<L> | undefined;
      if (!next) branch.set(value, (next = new Map()));
      branch = next;
    }
    const value = values[last] as string;
    const tally = (branch.get(value) as Tally<L> | undefined) ?? this.begin(branch, values);
    tally.more += amount;
  }

  private begin(branch: Branch<L>, values: readonly string[]): Tally<L> {
    const labels = Object.fromEntries(this.config.labelNames.map((name, i) => [name, values[i]])) as Record<L, string>;
    const tally = { labels, more: 0 };
    branch.set(values[values.length - 1] as string, tally);
    this.tallies.push(tally);
    return tally;
  }

  private tell(counter: Counter<L>): void {
    for (const tally of this.tallies) {
      counter.inc(tally.labels, tally.more);
      tally.more = 0;
    }
  }
}
