import type { Patience } from './patience';

/** What somebody found who asked for the right to answer. */
export type Found<A> =
  { readonly kind: 'held' } | { readonly kind: 'busy' } | { readonly kind: 'answered'; readonly answer: A };

/** How a flight ends for those who wait for it: with the answer, with nothing (one of them is next), or all are refused. */
export type Landing<A> =
  | { readonly kind: 'answered'; readonly answer: A }
  | { readonly kind: 'released' }
  | { readonly kind: 'refused'; readonly error: unknown };

export type Entered<A> =
  | { readonly kind: 'answered'; readonly answer: A; readonly waited: boolean }
  /** Whoever holds must land, once. */
  | { readonly kind: 'held'; readonly land: (landing: Landing<A>) => void };

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;
const GROWTH = 1.5;

/**
 * Calls of the same name in this process: one of them leads, asking for the right to answer until it has it or there is an
 * answer; the others wait for the leader, and are woken by it. So many calls cost as many queries as one.
 */
export class Flights<A> {
  private readonly flights = new Map<string, Promise<Landing<A>>>();

  constructor(
    private readonly sleep: (ms: number) => Promise<void> = (ms) => new Promise((next) => void setTimeout(next, ms)),
  ) {}

  /** @throws what `ask` throws, for the leader and for all who wait for it; what patience throws, for one alone */
  async enter(name: string, ask: () => Promise<Found<A>>, patience: Patience): Promise<Entered<A>> {
    for (let waited = false; ; waited = true) {
      const flight = this.flights.get(name);
      if (!flight) return this.lead(name, ask, patience, waited);
      const landing = await patience.within(flight);
      if (landing.kind === 'answered') return { ...landing, waited: true };
      if (landing.kind === 'refused') throw landing.error;
    }
  }

  private async lead(
    name: string,
    ask: () => Promise<Found<A>>,
    patience: Patience,
    hasWaited: boolean,
  ): Promise<Entered<A>> {
    const land = this.takeOff(name);
    let waited = hasWaited;
    try {
      for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * GROWTH, LONGEST_PAUSE_MS)) {
        const found = await ask();
        if (found.kind === 'held') return { kind: 'held', land };
        if (found.kind === 'answered') {
          land(found);
          return { ...found, waited };
        }
        waited = true;
        await patience.within(this.sleep(pause));
      }
    } catch (error) {
      // a leader that had to leave says nothing about the others
      land(patience.over ? { kind: 'released' } : { kind: 'refused', error });
      throw error;
    }
  }

  private takeOff(name: string): (landing: Landing<A>) => void {
    let resolve!: (landing: Landing<A>) => void;
    const promise = new Promise<Landing<A>>((done) => (resolve = done));
    this.flights.set(name, promise);
    return (landing) => {
      // the name is free before those who wait are woken: the first of them leads
      if (this.flights.get(name) === promise) this.flights.delete(name);
      resolve(landing);
    };
  }
}
