import type { Meaning } from './context-words';
import type { Entity } from './entities';
import type { Words } from './words';

const BEFORE = 5;
const AFTER = 3;
/** Characters looked at on either side, however few words they hold. */
const REACH_BEFORE = 110;
const REACH_AFTER = 48;
/** A word before is believed rather than one after, when both are as near. */
const LATER = 0.5;
interface Neighbour {
  readonly meaning: Meaning;
  /** Words from the stretch of text; 1 is the one beside it. */
  readonly distance: number;
}

/** The words around a stretch of text. A word that announces another number than this one is left out. */
export class Surroundings {
  private readonly neighbours: Neighbour[] = [];

  constructor(words: Words, start: number, end: number) {
    this.lookBack(words, start);
    this.lookAhead(words, end);
  }

  /** Words to the nearest one that announces the entity; `Infinity` when there is none. */
  distance(entity: Entity): number {
    let nearest = Infinity;
    for (const { meaning, distance } of this.neighbours)
      if (distance < nearest && meaning.announces.has(entity)) nearest = distance;
    return nearest;
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

  private lookBack(words: Words, start: number): void {
    let distance = 0;
    let isList = true;
    let numbers = 0;
    let before = start;
    /** How many words stood behind a bracket that closed: they may explain the number before it. */
    let outside: number | undefined;
    for (let i = words.firstFrom(start) - 1; i >= 0 && distance < BEFORE; i--) {
      if (words.start(i) < start - REACH_BEFORE) break;
      if (words.end(i) > start) continue;
      if (words.isNumber(i)) {
        if (outside !== undefined) this.neighbours.length = outside;
        // words between two numbers belong to the second, and what stands before both to the first
        if (!isList) break;
        numbers++;
        continue;
      }
      if (words.hasBetween(words.end(i), before, ')')) outside ??= this.neighbours.length;
      before = words.start(i);
      const meaning = words.meaning(i);
      if (!meaning.connects) isList = false;
      if (!numbers || !meaning.connects) distance++;
      this.neighbours.push({ meaning, distance });
    }
  }

  private lookAhead(words: Words, end: number): void {
    const first = words.firstFrom(end);
    for (let i = first; i < words.length && i < first + AFTER; i++) {
      if (words.start(i) > end + REACH_AFTER || words.isNumber(i)) break;
      // "…, CPF: 123": the word announces what follows it
      if (i + 1 < words.length && words.isNumber(i + 1) && words.isLabel(words.end(i), words.start(i + 1))) break;
      this.neighbours.push({ meaning: words.meaning(i), distance: i - first + 1 + LATER });
    }
  }
}
