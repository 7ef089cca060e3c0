import type { Entity } from './entities';
import type { Candidate } from './overlap';
import { Surroundings } from './surroundings';
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
/** As sure as this, it is no telephone number. */
const CLAIMED = 0.7;

/** A stretch of normalised text while detectors read it, and what they have found. */
export class Page {
  readonly candidates: Candidate[] = [];
  private last: { start: number; end: number; surroundings: Surroundings } | undefined;

  private split: Words | undefined;
  private readonly said = new Map<RegExp, boolean>();
  private readonly claimed: Candidate[] = [];
  private reach: number[] = [];

  constructor(readonly text: string) {}

  private get words(): Words {
    return (this.split ??= new Words(this.text));
  }

  /** Words around a stretch; remembered for the stretch asked for last, as several detectors look at each. */
  around(start: number, end: number): Surroundings {
    if (this.last?.start !== start || this.last.end !== end)
      this.last = { start, end, surroundings: new Surroundings(this.words, start, end) };
    return this.last.surroundings;
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
    const sure = confidence.shape - (bare && around.isOther ? OTHER : 0);
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
    for (const one of this.candidates) if (one.confidence >= CLAIMED) this.claimed.push(one);
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
