import { type Ignoring, normalised } from './normalised';
import { type Score, verdict } from './score';

export function exact(answer: string, expected: string, ignoring: Ignoring): Score {
  return verdict(normalised(answer, ignoring) === normalised(expected, ignoring), 'another text');
}
