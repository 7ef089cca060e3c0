import { RE2JS } from 're2js';
import { linearPattern } from '../../../platform/validation/linear-pattern';
import { type Score, verdict } from './score';

interface Wanted {
  readonly pattern: string;
  readonly ignoreCase: boolean;
  readonly match: 'found' | 'absent';
}

/** In time that grows with the length of the answer only. @throws Error for a pattern that the configuration should have refused */
export function regex(answer: string, { pattern, ignoreCase, match }: Wanted): Score {
  const compiled = linearPattern(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  if (!compiled) throw new Error('A pattern of the suite is no regular expression');
  const isFound = compiled.matcher(answer).find();
  return match === 'found' ? verdict(isFound, 'not found') : verdict(!isFound, 'found');
}
