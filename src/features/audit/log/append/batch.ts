/** What one call of `audit.append` is given: entries that became one statement of their writer. */
export interface Batch {
  /** UUID: a repetition is known by it. */
  readonly id: string;
  readonly writer: string;
  /** From 1, without gaps. */
  readonly lane: number;
  /** SHA-256 of the writer's previous statement; empty for the first. */
  readonly previous: Buffer;
  readonly root: Buffer;
  readonly signature: Buffer;
  readonly n: number;
  /** Header texts, one a line. */
  readonly headers: string;
  /** Ciphertexts of the entries that have one, in order. */
  readonly payloads: Buffer;
  /** What the log was known to hold when the batch was made: it cannot come to stand before that. */
  readonly floor: number;
}

/** Where a batch stands in the log. */
export interface Placed {
  readonly firstIndex: number;
}

/** Somewhere that makes batches durable, in the order given. */
export interface Device {
  /** Rejects only when it gives up for good. `undefined`: durable, but its place is not known yet. */
  write(batch: Batch): Promise<Placed | undefined>;
}

/** The log is not what this process wrote: it must not go on. */
export class ContradictionError extends Error {}
/** Whether the batch is durable is not known. */
export class DeviceClosedError extends Error {}
