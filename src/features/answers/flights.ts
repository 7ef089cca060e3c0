import type { Waiting } from './waiting';

/** How a flight ends for those who wait for it. */
export type Landing<A> =
  | { readonly kind: 'answered'; readonly answer: A }
  /** There is nothing that others may have: each asks for itself. */
  | { readonly kind: 'alone' }
  /** Its leader went away, or failed in a way of its own: one of them leads. */
  | { readonly kind: 'released' }
  /** It failed in a way that others would, too: one of them leads, and when that one fails likewise, all have failed. */
  | { readonly kind: 'failed'; readonly error: unknown };

export type Entered<A> =
  | { readonly kind: 'answered'; readonly answer: A }
  | { readonly kind: 'alone' }
  /** Whoever leads must land; only the first time counts. */
  | { readonly kind: 'leads'; readonly flight: Flight<A> };

/** Leaders that may fail before all have. */
const TRIES = 2;

/** One call that is being answered, and those that wait for its answer. */
export class Flight<A> {
  readonly landing: Promise<Landing<A>>;
  private waiting = 0;
  private resolve!: (landing: Landing<A>) => void;
  private joined: (() => void) | undefined;

  /** @param failures of those who led before */
  constructor(
    readonly failures: number,
    private readonly over: () => void,
  ) {
    this.landing = new Promise((resolve) => (this.resolve = resolve));
  }

  /** Somebody waits for the end. */
  get isAwaited(): boolean {
    return this.waiting > 0;
  }

  /** Resolves when somebody waits for the end. */
  awaited(): Promise<void> {
    return this.isAwaited ? Promise.resolve() : new Promise((resolve) => (this.joined = resolve));
  }

  join(): Promise<Landing<A>> {
    this.waiting++;
    this.joined?.();
    return this.landing;
  }

  leave(): void {
    this.waiting--;
  }

  readonly land = (landing: Landing<A>): void => {
    // the name is free before those who wait are woken: the first of them leads
    this.over();
    this.resolve(landing);
  };
}

/** Equal calls of this process at one time: one of them asks, the others wait for its answer. Nothing is kept here. */
export class Flights<A> {
  private readonly flights = new Map<string, Flight<A>>();

  /** @throws what `waiting` throws; the failure of the second leader in a row, for all who waited for both */
  async enter(name: string, waiting: Waiting): Promise<Entered<A>> {
    for (let failures = 0; ;) {
      const flight = this.flights.get(name);
      if (!flight) return { kind: 'leads', flight: this.takeOff(name, failures) };
      const landing = await this.follow(flight, waiting);
      if (landing.kind === 'answered' || landing.kind === 'alone') return landing;
      if (landing.kind === 'failed') failures = flight.failures + 1;
      if (landing.kind === 'failed' && failures >= TRIES) throw landing.error;
    }
  }

  private async follow(flight: Flight<A>, waiting: Waiting): Promise<Landing<A>> {
    const landing = flight.join();
    try {
      return await waiting.within(landing);
    } finally {
      flight.leave();
    }
  }

  private takeOff(name: string, failures: number): Flight<A> {
    const flight: Flight<A> = new Flight(failures, () => {
      if (this.flights.get(name) === flight) this.flights.delete(name);
    });
    this.flights.set(name, flight);
    return flight;
  }
}
