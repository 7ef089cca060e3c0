import { type Ignoring, normalised } from './normalised';
import { type Score, verdict } from './score';

interface Wanted extends Ignoring {
  readonly values: readonly string[];
  readonly match: 'all' | 'any' | 'none';
}

/** Of `all`, each that is there counts; the others are all or nothing. */
export function contains(answer: string, wanted: Wanted): Score {
  const { values, match } = wanted;
  const text = normalised(answer, wanted);
  const there = values.filter((value) => text.includes(normalised(value, wanted))).length;
  if (match === 'any') return verdict(there > 0, `none of ${values.length} stand in it`);
  if (match === 'none') return verdict(there === 0, `${there} of ${values.length} stand in it`);
  if (there === values.length) return { score: 1, passed: true };
  return {
    score: there / values.length,
    passed: false,
    why: `${values.length - there} of ${values.length} are missing`,
  };
}
