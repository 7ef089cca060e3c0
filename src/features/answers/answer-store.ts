/** Where an answer lies: the key is a digest that is different for each tenant. */
export interface AnswerPlace {
  readonly tenantId: string;
  readonly key: string;
}

/**
 * Keeps answers for a while, as bytes. It is a convenience: it never fails and never takes long; what it cannot do at once
 * it does not do. Type and injection token in one.
 */
export abstract class AnswerStore {
  /** What was kept there last. Undefined when there is nothing any more, or nothing to be had now. */
  abstract find(place: AnswerPlace): Promise<Buffer | undefined>;

  /** Replaces what was kept there. May give up older answers, or this one, to stay within its bounds. */
  abstract keep(place: AnswerPlace, answer: Buffer, forMs: number): Promise<void>;
}
