import { RecentMap } from '../../contract/recent-map';

const KEPT = 1_000;
const FORGOTTEN_MS = 300_000;
/** How much the newest answer weighs. */
const WEIGHT = 0.2;

interface OfModel {
  readonly provider: string;
  readonly model: string;
}

/**
 * How long models take until their answer begins: a moving average for each, forgotten after five minutes without an answer.
 * An answer that is not streamed begins when it is complete, so it is measured apart.
 */
export class Latencies {
  private readonly models = new RecentMap<{ average: number; at: number }>(KEPT);

  /** @param now milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  observe(model: OfModel, streamed: boolean, ms: number): void {
    const known = this.of(model, streamed);
    const average = known === undefined ? ms : known + WEIGHT * (ms - known);
    this.models.set(keyOf(model, streamed), { average, at: this.now() });
  }

  /** Milliseconds; undefined when nothing recent is known. */
  of(model: OfModel, streamed: boolean): number | undefined {
    const known = this.models.get(keyOf(model, streamed));
    return known && this.now() - known.at < FORGOTTEN_MS ? known.average : undefined;
  }
}

function keyOf({ provider, model }: OfModel, streamed: boolean): string {
  return `${streamed ? 's' : 'w'} ${provider}/${model}`;
}
