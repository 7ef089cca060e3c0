/** What somebody thought of an answer, without a word of what was written. */
export interface Feedback {
  readonly tenantId: string;
  /** The entry of the log that the call begins with. */
  readonly callId: string;
  /** The entry that holds what was written; version 7, so the newest is the greatest. */
  readonly entryId: string;
  /** The entry that holds the prompt, where one does. */
  readonly promptEntryId: string | undefined;
  readonly requestId: string;
  readonly calledAt: Date;
  /** Of the call, as all that follows; empty where there is none. */
  readonly keyId: string;
  readonly provider: string;
  /** The provider's name for it. */
  readonly model: string;
  /** As it was asked for. */
  readonly alias: string;
  /** A reference to the person, nobody's once that was erased. */
  readonly userRef: string;
  /** A pseudonym. */
  readonly sessionRef: string;
  readonly tags: readonly string[];
  /** 0 to 1. */
  readonly score: number;
  readonly hasComment: boolean;
  readonly hasExpected: boolean;
  /** An API key. */
  readonly givenBy: string;
  readonly givenAt: Date;
}

/** Which feedback is meant; all of it must match. */
export interface FeedbackFilter {
  readonly tenant?: string | undefined;
  /** `provider/model`, or the provider's name for it. */
  readonly model?: string | undefined;
  readonly alias?: string | undefined;
  readonly minScore?: number | undefined;
  readonly maxScore?: number | undefined;
  /** When it was given. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  readonly hasExpected?: boolean | undefined;
}

/** How good the answers of a model were found. */
export interface Scores {
  readonly count: number;
  /** 0 to 1; undefined where nobody said anything. */
  readonly mean: number | undefined;
}
