import { isObject, type Json, type JsonObject } from '../../../contract/json';
import type { Change } from '../diff/change';
import { CATEGORIES, type Pass, PASS_TASKS } from '../passes';
import type { Finding } from './finding';

/** Of one question. */
const MOST_FINDINGS = 50;
const TITLE_CHARACTERS = 200;
const TEXT_CHARACTERS = 4_000;

export interface ReadFindings {
  readonly findings: readonly Finding[];
  /** Findings about lines that are not in the diff. */
  readonly dropped: number;
}

/** What a model found in a change, as far as it is about lines that are there. */
export function readFindings(answer: Json | undefined, change: Change, pass: Pass): ReadFindings {
  const given = isObject(answer) && Array.isArray(answer['findings']) ? (answer['findings'] as readonly Json[]) : [];
  const findings: Finding[] = [];
  let dropped = 0;
  for (const one of given.slice(0, MOST_FINDINGS)) {
    const finding = isObject(one) ? readFinding(one, change, pass) : undefined;
    if (finding) findings.push(finding);
    else dropped++;
  }
  return { findings, dropped: dropped + Math.max(0, given.length - MOST_FINDINGS) };
}

function readFinding(given: JsonObject, change: Change, pass: Pass): Finding | undefined {
  const text = (name: string, most: number): string => {
    const value = given[name];
    return typeof value === 'string' ? value.trim().slice(0, most) : '';
  };
  const line = placeOf(Number(given['line']), text('code', TEXT_CHARACTERS), change);
  const severity = PASS_TASKS[pass].severities.find((known) => known === given['severity']);
  const title = text('title', TITLE_CHARACTERS);
  if (line === undefined || !severity || !title) return undefined;
  return {
    file: change.path,
    line,
    added: change.lines.get(line)?.added === true,
    severity,
    category: CATEGORIES.find((known) => known === given['category']) ?? 'other',
    title,
    explanation: text('explanation', TEXT_CHARACTERS),
    suggestion: text('suggestion', TEXT_CHARACTERS),
    passes: [pass],
  };
}

/** The line that is meant: the one that was named if its code is the code that was quoted, else the nearest one that has it. */
function placeOf(named: number, code: string, { lines }: Change): number | undefined {
  const wanted = bare(code.split('\n').find((line) => line.trim()) ?? '');
  const isIt = (text: string | undefined): boolean => text !== undefined && (!wanted || bare(text).includes(wanted));
  if (isIt(lines.get(named)?.text)) return named;
  if (!wanted) return undefined;
  let nearest: number | undefined;
  for (const [line, { text }] of lines)
    if (isIt(text) && (nearest === undefined || Math.abs(line - named) < Math.abs(nearest - named))) nearest = line;
  return nearest;
}

/** Code as it is compared: models copy the signs of a diff, and blanks at will. */
const bare = (code: string): string =>
  code
    .replace(/^\s*\d{0,9}\s*\|\s*/, '')
    .replace(/^[+-]/, '')
    .replace(/\s+/g, '');
