/** Where an answer lies: the key is a digest that is different for each tenant. */
export interface AnswerPlace {
  readonly tenantId: string;
  readonly key: string;
}

/** What an answer can be found by to be purged, and when it was asked for. */
export interface AnswerOrigin {
  /** Keyed pseudonyms, different for each tenant: nobody learns a name from them. */
  readonly labels: readonly string[];
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
}

export const UNLABELLED: AnswerOrigin = { labels: [], askedAt: 0 };

export interface Purge {
  readonly tenantId: string;
  readonly label: string;
}

/**
 * Keeps answers for a while, as bytes. It is a convenience: it never fails and never takes long; what it cannot do at once
 * it does not do. Purging is the exception: it says when it could not. Type and injection token in one.
 */
export abstract class AnswerStore {
  /** What was kept there last. Undefined when there is nothing any more, or nothing to be had now. */
  abstract find(place: AnswerPlace): Promise<Buffer | undefined>;

  /**
   * Replaces what was kept there. May give up older answers, or this one, to stay within its bounds. What was asked for before one of
   * its labels was purged is not kept.
   */
  abstract keep(place: AnswerPlace, answer: Buffer, forMs: number, origin?: AnswerOrigin): Promise<void>;

  /** Answers with this label are gone when it resolves; other processes drop them within a second. @returns their keys @throws when some may be left */
  abstract purge(which: Purge): Promise<ReadonlySet<string>>;
}
