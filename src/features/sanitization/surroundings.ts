import { announces, announcesOther } from './context-words';
import type { Entity } from './entities';

const BEFORE = 5;
const AFTER = 3;
/** Characters looked at on either side, however few words they hold. */
const REACH_BEFORE = 110;
const REACH_AFTER = 48;
/** Between the members of a list: they share the word that announces them. */
const CONNECTORS = new Set(['e', 'and', 'y', 'ou', 'or', 'o', 'u']);
const WORDS = /\p{Lu}*\p{Ll}[\p{Ll}\p{M}]*|\p{Lu}+(?!\p{Ll})|\p{Lo}+|\d+(?:[ ./-]{0,3}\d+)*/gu;
const MARKS = /\p{M}/gu;
const LABEL_OF_NEXT = /^[^\p{L}\d\n]{0,4}\d/u;

interface Word {
  readonly word: string;
  /** Words from the stretch of text; 1 is the one beside it. */
  readonly distance: number;
}

/** The words around a stretch of text. A word that announces another number than this one is left out. */
export class Surroundings {
  private readonly words: readonly Word[];

  constructor(text: string, start: number, end: number) {
    this.words = [...wordsBefore(text, start), ...wordsAfter(text, end)];
  }

  /** Words to the nearest one that announces the entity; `Infinity` when there is none. */
  distance(entity: Entity): number {
    let nearest = Infinity;
    for (const { word, distance } of this.words) if (distance < nearest && announces(word, entity)) nearest = distance;
    return nearest;
  }

  /** Whether one of the two words before announces a number that is nobody's. */
  get isOther(): boolean {
    return this.words.some(({ word, distance }) => distance <= 2 && announcesOther(word));
  }
}

const folded = (word: string): string => word.normalize('NFD').replaceAll(MARKS, '').toLowerCase();

function wordsBefore(text: string, start: number): Word[] {
  const found = text.slice(Math.max(0, start - REACH_BEFORE), start).match(WORDS) ?? [];
  const words: Word[] = [];
  let distance = 0;
  let number = false;
  for (let i = found.length - 1; i >= 0 && distance < BEFORE; i--) {
    const first = found[i].charCodeAt(0);
    if (first >= 48 && first <= 57) {
      // words between two numbers belong to the second, and what stands before both to the first
      if (words.some(({ word }) => !CONNECTORS.has(word))) break;
      number = true;
      continue;
    }
    const word = folded(found[i]);
    distance += number && CONNECTORS.has(word) ? 0 : 1;
    words.push({ word, distance });
  }
  return words;
}

function wordsAfter(text: string, end: number): Word[] {
  const stretch = text.slice(end, end + REACH_AFTER);
  const words: Word[] = [];
  for (const { 0: found, index } of stretch.matchAll(WORDS)) {
    const first = found.charCodeAt(0);
    if (words.length === AFTER || (first >= 48 && first <= 57)) break;
    // "…, CPF: 123": the word announces what follows it
    if (LABEL_OF_NEXT.test(stretch.slice(index + found.length))) break;
    words.push({ word: folded(found), distance: words.length + 1.5 });
  }
  return words;
}
