import type { ClientBase } from 'pg';

/** A reminder that there is something to do. It does not say what: whoever gets it takes the job that is next. */
export interface Ticket {
  /** Tickets of one id are one ticket, as long as nobody has it. */
  readonly id: string;
  /** Not before this; at once when absent. */
  readonly at?: Date;
}

export interface QueueDepth {
  /** Tickets that are due, and that nobody has yet. */
  readonly waiting: number;
}

/**
 * Tells processes that there is something to do: each ticket is handed to one of them, at least once and not before its time, unless
 * the engine loses it. What is to be done is kept elsewhere; a ticket that was lost is written anew by whoever misses it.
 */
export abstract class JobQueue {
  /** Of the engine: `postgresql` or `redis`. */
  abstract readonly engine: 'postgresql' | 'redis';

  /**
   * @param within writes them with the transaction of this connection, where the engine can; a ticket may come before its end otherwise
   * @throws when the engine does not answer in time
   */
  abstract ring(tickets: readonly Ticket[], within?: ClientBase): Promise<void>;

  /**
   * From now on tickets are taken, as many at a time as there is room for. Goes on by itself when the engine was away.
   * @param work never throws; the ticket is done with when it resolves
   */
  abstract serve(work: () => Promise<void>, slots: number): Promise<void>;

  /** No more tickets are taken. Returns at once; those under way go on. */
  abstract rest(): Promise<void>;

  /** @throws when the engine does not answer in time */
  abstract depth(): Promise<QueueDepth>;

  abstract close(): Promise<void>;
}
