import { titleOf } from './columns';
import type { Entity } from '../../contract/entities';
import type { Candidate } from './overlap';
import { neighboursAfter, neighboursBefore, Surroundings, type Neighbour } from './surroundings';
import { Words } from './words';

/** How sure a detector is of a stretch of text, by what speaks for it. */
export interface Confidence {
  /** Nothing but its shape. Left out: the shape alone says nothing. */
  readonly shape?: number;
  /** A word beside it announces it. Left out: as without. */
  readonly announced?: number;
}

/** What is taken off when a word announces a number of another kind. */
const OTHER = 0.4;
/** What is taken off in a path: /items/123. */
const IN_PATH = 0.15;
/** As sure as this, it is no telephone number. */
const CLAIMED = 0.7;
/** May be a telephone number all the same: the words around decide. */
const BARE = /^\d{10,13}$/;

interface Looked {
  readonly start: number;
  readonly end: number;
  readonly before: readonly Neighbour[];
  readonly surroundings?: Surroundings;
}

/** A stretch of normalised text while detectors read it, and what they have found. */
export class Page {
  readonly candidates: Candidate[] = [];
  private last: Looked = { start: -1, end: -1, before: [] };

  private split: Words | undefined;
  private readonly said = new Map<RegExp, boolean>();
  private readonly claimed: Candidate[] = [];
  private reach: number[] = [];

  constructor(readonly text: string) {}

  private get words(): Words {
    return (this.split ??= new Words(this.text));
  }

  /** Words around a stretch; the last ones are remembered, as several detectors look at each number. */
  around(start: number, end: number): Surroundings {
    if (this.last.start === start && this.last.end === end && this.last.surroundings) return this.last.surroundings;
    const before = this.last.start === start ? this.last.before : neighboursBefore(this.words, start);
    const title = titleOf(this.text, start, end);
    const surroundings = title
      ? new Surroundings(neighboursBefore(this.words, title.end, title.start), [])
      : new Surroundings(before, neighboursAfter(this.words, end));
    this.last = { start, end, before, surroundings };
    return surroundings;
  }

  /** Keeps a finding whose confidence does not depend on the words around it. */
  add(entity: Entity, start: number, end: number, confidence: number, validated: boolean, distance = Infinity): void {
    this.candidates.push({ entity, start, end, confidence, validated, distance });
  }

  /**
   * Keeps a finding as sure as the words around it make it.
   * @param bare nothing but digits: a word that announces another kind of number speaks against it
   */
  weigh(entity: Entity, start: number, end: number, confidence: Confidence, validated: boolean, bare = false): void {
    const around = this.around(start, end);
    const distance = around.distance(entity);
    const announced = distance !== Infinity && !(bare && around.otherDistance < distance);
    if (announced && confidence.announced !== undefined)
      return this.add(entity, start, end, confidence.announced, validated, distance);
    if (confidence.shape === undefined) return;
    const doubt = bare ? (around.isOther ? OTHER : this.text[start - 1] === '/' ? IN_PATH : 0) : 0;
    const sure = confidence.shape - doubt;
    if (sure > 0) this.add(entity, start, end, sure, validated, announced ? distance : Infinity);
  }

  /** Whether the text says something anywhere; each pattern is looked for once. */
  mentions(pattern: RegExp): boolean {
    let said = this.said.get(pattern);
    if (said === undefined) this.said.set(pattern, (said = pattern.test(this.text)));
    return said;
  }

  /** From here on `isClaimed` knows what has been found so far. */
  claim(): void {
    for (const one of this.candidates)
      if (one.confidence >= CLAIMED && !BARE.test(this.text.slice(one.start, one.end))) this.claimed.push(one);
    this.claimed.sort((a, b) => a.start - b.start);
    let furthest = 0;
    this.reach = this.claimed.map(({ end }) => (furthest = Math.max(furthest, end)));
  }

  /** Whether an identifier that is sure by its own form lies there. */
  isClaimed(start: number, end: number): boolean {
    let low = 0;
    for (let high = this.claimed.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.claimed[middle].start < end) low = middle + 1;
      else high = middle;
    }
    return low > 0 && this.reach[low - 1] > start;
  }
}
