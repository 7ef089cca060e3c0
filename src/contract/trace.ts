import type { ErrorCode } from './errors';

/** Names and numbers only: never content, keys or personal data. */
export type TraceFacts = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** One step of a call, as a distributed trace shows it: a span. */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Names this step to whoever is asked within it (W3C Trace Context). */
  readonly traceparent: string;
  /** A step within this one. @param leaves it is somebody else who does it */
  step(name: string, facts?: TraceFacts, leaves?: boolean): Trace;
  /** The step that all others are within. */
  readonly whole: Trace;
  /** Renames it. */
  name(name: string): void;
  note(facts: TraceFacts): void;
  /** Once; a second time does nothing. @param code why it failed */
  end(code?: ErrorCode): void;
}

/** What a call was doing for, as its caller's trace has it. Only well-formed ones get here. */
export const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
