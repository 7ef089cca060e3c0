import type { Finding } from '../finding';

/** Finds what no rule can: names, places, organisations. Type and injection token in one. */
export abstract class EntityDetector {
  /**
   * What looks personal in the whole of `text`, in order of appearance; no two overlap, none is validated.
   * @throws DetectorUnavailable when any of the text could not be examined: never a part of the findings
   * @throws the reason of `signal` once it is aborted
   */
  abstract detect(text: string, signal: AbortSignal): Promise<readonly Finding[]>;

  /** Says that it is there. Never throws, and takes no longer than a second. */
  abstract check(): Promise<boolean>;

  /** Ends what is under way and its connections. */
  abstract close(): Promise<void>;
}
