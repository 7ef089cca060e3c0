/** What questions must have in common to be compared at all: the tenant, and a digest of all but the question. */
export interface Bucket {
  readonly tenantId: string;
  /** Different for each embedder, too. */
  readonly family: string;
}

/** A question whose answer is kept. */
export interface Remembered {
  /** Of its answer; one question has one. */
  readonly key: string;
  /** A pseudonym of the end user it was asked for. */
  readonly subject?: string;
  readonly question: string;
  readonly vector: Int8Array;
  /** The call that was given the answer by a model. */
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface Neighbour extends Remembered {
  /** The cosine, up to 1. */
  readonly similarity: number;
}

/** Which questions of a tenant to forget; all of them where neither is said. */
export interface Forgotten {
  readonly tenantId: string;
  /** Of their answers. */
  readonly keys?: ReadonlySet<string>;
  readonly subject?: string;
}

/**
 * Finds the kept questions that are nearest to a new one. Like the store of answers it is a convenience: it never fails and never
 * takes long, and what it cannot do at once it does not do. Forgetting is the exception: it says when it could not. Type and injection token in one.
 */
export abstract class VectorIndex {
  /** Replaces what has the same key in this bucket. May give up the oldest to stay within its bounds. */
  abstract add(bucket: Bucket, question: Remembered): Promise<void>;

  /** At most `most`, nearest first, none below `atLeast`. */
  abstract nearest(bucket: Bucket, vector: Int8Array, most: number, atLeast: number): Promise<readonly Neighbour[]>;

  /** Until it resolves, others may still find them. @throws when some may be left. */
  abstract forget(which: Forgotten): Promise<void>;
}

export function isMeant({ keys, subject }: Forgotten, question: Pick<Remembered, 'key' | 'subject'>): boolean {
  return (keys === undefined || keys.has(question.key)) && (subject === undefined || subject === question.subject);
}
