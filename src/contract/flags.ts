/** What feature flags say about calls. */
import type { Json } from './json';

/**
 * Why a flag has a value. `target`: a rule matched; `bucket`: of a share of all; `schedule`: of a share that a schedule raised;
 * `default`: none of these; `killed`: somebody switched it off; `provider`: a flag service said so; `error`: it could not be evaluated.
 */
export type FlagReason = 'target' | 'bucket' | 'schedule' | 'default' | 'killed' | 'provider' | 'error';

/** What a flag is asked about. `user` and `session` are personal data. */
export interface FlagContext {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly keyId: string;
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  /** As it was asked for. */
  readonly model?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** What a flag says, and why. */
export interface FlagValue {
  readonly variant: string;
  readonly value: Json;
  readonly reason: FlagReason;
  /** The rule that matched: its name, or its place in the list, from 0. */
  readonly rule?: string;
  /** 0 to 99,999; only where a share was asked. */
  readonly bucket?: number;
  /** The share that was compared with it. */
  readonly percent?: number;
}

/** What a flag decided about a call: names and numbers only. */
export interface FlagFact {
  readonly flag: string;
  readonly decides: 'model' | 'prompt' | 'cache' | 'guard';
  readonly variant: string;
  /** 0: as the file declares it. */
  readonly version: number;
  readonly reason: FlagReason;
  /** Why it could not be evaluated. */
  readonly error?: string;
  /** What was decided has no effect, and why: the policy does not allow a laxer guard, or the model is not there. */
  readonly refused?: 'laxer' | 'unusable';
}

/** Instructions that are added to a call. */
export interface AddedPrompt {
  readonly text: string;
  readonly place: 'before' | 'after';
}
