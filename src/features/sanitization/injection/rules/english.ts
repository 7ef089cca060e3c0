import { EXTRACTION } from './english/extraction';
import { OVERRIDE } from './english/override';
import { PERSONA } from './english/persona';
import { AUTHORITY, ENCODING } from './english/requests';
import { EXFILTRATION, TOOLS } from './english/tools';
import { phraseRules } from './phrase-list';
import type { PhraseRule } from './rule';

/** English phrases. */
export const ENGLISH_RULES: readonly PhraseRule[] = [
  ...phraseRules('en', 'override.', OVERRIDE),
  ...phraseRules('en', 'extraction.', EXTRACTION),
  ...phraseRules('en', 'persona.', PERSONA),
  ...phraseRules('en', 'encoding.', ENCODING),
  ...phraseRules('en', 'authority.', AUTHORITY),
  ...phraseRules('en', 'tool.', TOOLS),
  ...phraseRules('en', 'exfil.', EXFILTRATION),
];
