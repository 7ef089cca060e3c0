import { isObject } from '../../../contract/json';
import type { Finding } from '../finding';
import { CodePoints } from './code-points';
import { DetectorUnavailable } from './detector-unavailable';
import { entityOf } from './entity-names';
import type { Window } from './windows';

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** More findings than this for each character of the text make no sense. */
const PER_CHARACTER = 2;

/** What an operator wants to hear of. */
export interface Wanted {
  /** The sidecar's names; undefined for all. */
  readonly entities: ReadonlySet<string> | undefined;
  /** 0 to 1; what is less sure is left out. */
  readonly threshold: number;
}

/**
 * Findings in the whole text, from the answer for one of its windows: `[{ entity_type, start, end, score }]`, offsets in code
 * points. Anything else beside these is not looked at.
 * @throws DetectorUnavailable when the answer makes no sense, even in part: nobody knows what it left out
 */
export function readAnalysis(answer: unknown, window: Window, wanted: Wanted): Finding[] {
  if (!Array.isArray(answer)) throw garbage('is not a list');
  if (answer.length > window.text.length * PER_CHARACTER) throw garbage('has more findings than the text can hold');
  const points = new CodePoints(window.text);
  return answer.flatMap((item: unknown) => {
    if (!isObject(item)) throw garbage('has a finding that is not an object');
    const { entity_type: name, start, end, score } = item;
    if (typeof name !== 'string' || !NAME.test(name)) throw garbage('has a finding without a name');
    if (!isOffset(start) || !isOffset(end) || start >= end || end > points.length)
      throw garbage('has offsets outside the text');
    if (typeof score !== 'number' || !(score >= 0 && score <= 1)) throw garbage('has a score outside 0 to 1');
    const entity = entityOf(name, wanted.entities);
    if (!entity || score < wanted.threshold) return [];
    const from = window.offset + points.toUnits(start);
    const to = window.offset + points.toUnits(end);
    return [{ entity, start: from, end: to, confidence: score, validated: false }];
  });
}

function isOffset(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function garbage(what: string): DetectorUnavailable {
  return new DetectorUnavailable('garbage', `the detector's answer ${what}`);
}
