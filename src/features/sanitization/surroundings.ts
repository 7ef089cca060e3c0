import type { Meaning } from './context-words';
import type { Entity } from '../../contract/entities';
import type { Words } from './words';

const BEFORE = 5;
const AFTER = 3;
/** Characters looked at on either side, however few words they hold. */
const REACH_BEFORE = 110;
const REACH_AFTER = 48;
/** A word before is believed rather than one after, when both are as near. */
const LATER = 0.5;
/** Words after those, to see whether a number follows that they all announce. */
const LOOK_ON = 3;
/** Members of a list that stand between a word and the last number it announces. */
const MEMBERS = 6;

export interface Neighbour {
  readonly meaning: Meaning;
  /** Words from the stretch of text; 1 is the one beside it. */
  readonly distance: number;
  /** Another number stands between. */
  readonly shared?: boolean;
}

/** The words around a stretch of text. A word that announces another number than this one is left out. */
export class Surroundings {
  private readonly neighbours: readonly Neighbour[];

  constructor(before: readonly Neighbour[], after: readonly Neighbour[]) {
    this.neighbours = after.length ? [...before, ...after] : before;
  }

  /**
   * Words to the nearest one that announces the entity; `Infinity` when there is none.
   * @param shares whether the members of a list may share such a word
   */
  distance(entity: Entity, shares = true): number {
    let nearest = Infinity;
    for (const { meaning, distance, shared } of this.neighbours)
      if (distance < nearest && (shares || !shared) && meaning.announces.has(entity)) nearest = distance;
    return nearest;
  }

  /** The same, of the words before only. */
  distanceBefore(entity: Entity): number {
    const found = this.neighbours.find(
      ({ meaning, distance }) => Number.isInteger(distance) && meaning.announces.has(entity),
    );
    return found?.distance ?? Infinity;
  }

  /** Whether one of the two words before announces a number that is nobody's. */
  get isOther(): boolean {
    return this.neighbours.some(
      ({ meaning, distance }) => distance <= 2 && meaning.other && Number.isInteger(distance),
    );
  }

  /** Words to the nearest one before that certainly announces a number that is nobody's. */
  get otherDistance(): number {
    const found = this.neighbours.find(
      ({ meaning, distance }) => meaning.other === 'certain' && Number.isInteger(distance),
    );
    return found?.distance ?? Infinity;
  }
}

/** The words before an offset, the nearest first. @param from where to stop looking */
export function neighboursBefore(words: Words, start: number, from = start - REACH_BEFORE): Neighbour[] {
  const neighbours: Neighbour[] = [];
  let distance = 0;
  let isList = true;
  let numbers = 0;
  let before = start;
  /** How many words stood behind a bracket that closed: they may explain the number before it. */
  let outside: number | undefined;
  for (let i = words.firstFrom(start) - 1; i >= 0 && distance < BEFORE; i--) {
    if (words.start(i) < from) break;
    if (words.end(i) > start) continue;
    if (words.isNumber(i)) {
      if (outside !== undefined) neighbours.length = outside;
      // words between two numbers belong to the second, and what stands before both to the first
      if (!isList) break;
      if (++numbers > MEMBERS) break;
      continue;
    }
    if (words.hasBetween(words.end(i), before, ')')) outside ??= neighbours.length;
    before = words.start(i);
    const meaning = words.meaning(i);
    if (!meaning.connects) isList = false;
    if (meaning.joins) continue;
    distance++;
    neighbours.push({ meaning, distance, shared: numbers > 0 });
  }
  return neighbours;
}

/** The words after an offset, the nearest first. */
export function neighboursAfter(words: Words, end: number): Neighbour[] {
  const neighbours: Neighbour[] = [];
  words.readTo(end + REACH_AFTER);
  const first = words.firstFrom(end);
  /** How many words stood before the last comma or the like. */
  let phrase = 0;
  for (let i = first; i < words.length && i < first + AFTER + LOOK_ON; i++) {
    if (words.start(i) > end + REACH_AFTER) break;
    const parted = i > first && words.isParted(words.end(i - 1), words.start(i));
    if (words.isNumber(i)) {
      // "…, tax number: 123": the words announce what follows them
      if (!parted) neighbours.length = Math.min(phrase, neighbours.length);
      break;
    }
    if (parted) phrase = neighbours.length;
    if (i < first + AFTER) neighbours.push({ meaning: words.meaning(i), distance: i - first + 1 + LATER });
  }
  return neighbours;
}
