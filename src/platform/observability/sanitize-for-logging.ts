import type { KeyedHash } from '../secrets/keyed-hash';
import { escapeLine } from '../../contract/escape-controls';
import { processScrubber } from './process-scrubber';
import type { Scrubber } from './scrubber';

export interface SanitizeOptions {
  readonly hash: Pick<KeyedHash, 'pseudonym'>;
  readonly tenantId: string;
  /** The tenant wants to see how its texts begin. */
  readonly preview?: boolean;
  readonly scrubber?: Scrubber;
}
/** What a line may say of a text: enough to recognise it among a tenant's own, and nothing of what it says. */
export interface SanitizedText {
  /** 22 characters; the same for the same text of the same tenant, and of no use without the master key. */
  readonly hash: string;
  /** UTF-16 units. */
  readonly length: number;
  /** At most 80 characters, scrubbed. */
  readonly preview?: string;
}

const PURPOSE = 'log';
const PREVIEW = 80;
/** Something secret or personal that begins in the preview may end behind it. */
const LOOKED_AT = 1_000;

/** The only form in which anything made from content goes into a line. */
export function sanitizeForLogging(
  text: string,
  { hash, tenantId, preview = false, scrubber = processScrubber }: SanitizeOptions,
): SanitizedText {
  const facts = { hash: hash.pseudonym(PURPOSE, tenantId, text), length: text.length };
  if (!preview) return facts;
  return { ...facts, preview: escapeLine(scrubber.text(text.slice(0, LOOKED_AT))).slice(0, PREVIEW) };
}
