import type { Entity } from '../../contract/entities';

/** A stretch of text that looks personal or secret. It never holds the text itself. */
export interface Finding {
  readonly entity: Entity;
  /** UTF-16 offsets into the text as it was given, whatever was normalised to find it; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** Check digits, a length table or the like agree. */
  readonly validated: boolean;
}
