import type { JsonObject } from '../../contract/json';
import { type Charge, type Granted, MINUTE_MS, RateCounters, type Verdict } from './rate-counters';
import { KEPT, Ring, SLOTS } from './ring';

/** The counters of one length of window: those used since `start`, and those used before. */
interface Generation {
  start: number;
  current: Map<string, Ring>;
  previous: Map<string, Ring>;
}

/**
 * Counts in the memory of this process. Counters that nobody uses are dropped all at once, so nothing has to be swept; above
 * `maxCounters` in use the ones that came first are forgotten.
 */
export class MemoryCounters extends RateCounters {
  private readonly generations = new Map<number, Generation>();

  constructor(
    private readonly maxCounters = 100_000,
    private readonly clock: () => number = Date.now,
  ) {
    super();
  }

  override take(charges: readonly Charge[], windowMs = MINUTE_MS): Promise<Verdict> {
    return Promise.resolve(this.taken(charges, windowMs));
  }

  /** The same without a promise. */
  taken(charges: readonly Charge[], windowMs = MINUTE_MS): Verdict {
    const at = this.clock();
    const slotMs = windowMs / SLOTS;
    const rings = this.rings(charges, at, windowMs);
    const used: number[] = [];
    let [index, freeAt] = [-1, -1];
    for (const [i, { limit, amount }] of charges.entries()) {
      const ring = rings[i] as Ring;
      used.push(ring.total);
      const over = ring.total + amount - limit;
      if (over > 0 && ring.freeAt(over) > freeAt) [index, freeAt] = [i, ring.freeAt(over)];
    }
    if (index >= 0) return { granted: false, used, at, index, waitMs: Math.max(1, Math.ceil(freeAt * slotMs - at)) };
    const slots = charges.map(({ amount }, i) => (rings[i] as Ring).add(amount));
    return {
      granted: true,
      used: rings.map(({ total }) => total),
      at,
      correct: this.correction(charges, slots, windowMs),
    };
  }

  override state(): readonly JsonObject[] {
    return [{ scope: 'process', keys: this.size }];
  }

  /** How many counters are kept. */
  get size(): number {
    let size = 0;
    for (const { current, previous } of this.generations.values()) size += current.size + previous.size;
    return size;
  }

  private correction(charges: readonly Charge[], slots: readonly number[], windowMs: number): Granted['correct'] {
    let open = true;
    return (amounts) => {
      if (!open) return;
      open = false;
      for (const [i, ring] of this.rings(charges, this.clock(), windowMs).entries()) {
        const more = (amounts[i] as number) - (charges[i] as Charge).amount;
        if (more > 0) ring.add(more);
        else ring.takeBack(slots[i] as number, -more);
      }
    };
  }

  private rings(charges: readonly Charge[], at: number, windowMs: number): Ring[] {
    const slot = Math.floor((at * SLOTS) / windowMs);
    const generation = this.generation(at, windowMs);
    return charges.map(({ counter }) => {
      const ring = this.ring(generation, counter, slot);
      ring.advance(slot);
      return ring;
    });
  }

  private ring({ current, previous }: Generation, counter: string, slot: number): Ring {
    let ring = current.get(counter);
    if (ring) return ring;
    ring = previous.get(counter) ?? new Ring(slot);
    previous.delete(counter);
    if (current.size >= this.maxCounters) current.delete(current.keys().next().value as string);
    current.set(counter, ring);
    return ring;
  }

  private generation(at: number, windowMs: number): Generation {
    const keptMs = (windowMs / SLOTS) * KEPT;
    let generation = this.generations.get(windowMs);
    if (!generation)
      this.generations.set(windowMs, (generation = { start: at, current: new Map(), previous: new Map() }));
    else if (at >= generation.start + keptMs) {
      // what was used in it counts for no longer than it lasted
      generation.previous = at < generation.start + 2 * keptMs ? generation.current : new Map();
      generation.current = new Map();
      generation.start = at;
    }
    return generation;
  }
}
