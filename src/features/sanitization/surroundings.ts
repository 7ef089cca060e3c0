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
/** Between a label and what it announces: "CPF: 1", "cpf": "1". */
const LABEL_GAP = 5;

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
    return this.neighbours.some(({ meaning, distance }) => distance <= 2 && meaning.other);
  }

  private lookBack(words: Words, start: number): void {
    let distance = 0;
    let isList = true;
    let numbers = 0;
    for (let i = words.firstFrom(start) - 1; i >= 0 && distance < BEFORE; i--) {
      if (words.start(i) < start - REACH_BEFORE) break;
      if (words.end(i) > start) continue;
      if (words.isNumber(i)) {
        // words between two numbers belong to the second, and what stands before both to the first
        if (!isList) break;
        numbers++;
        continue;
      }
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
      const isLabel = i + 1 < words.length && words.isNumber(i + 1) && words.start(i + 1) - words.end(i) <= LABEL_GAP;
      if (isLabel) break;
      this.neighbours.push({ meaning: words.meaning(i), distance: i - first + 1 + LATER });
    }
  }
}
