import type { Entity } from '../../../contract/entities';
import type { Finding } from '../finding';

/** What is to stand in place of something that was found. */
export type Replace = (entity: Entity, value: string) => string;

/** Findings replaced between two chances for others. */
export const STRETCH = 500;

/** A text that was searched. */
export interface Searched {
  /** What was found; offsets are of the text itself only where it is plain. */
  readonly findings: readonly Finding[];
  /** The text with everything that was found replaced; a pause at every `yield` for whoever wants one. */
  rewriting(replace: Replace): Generator<void, string>;
  /** What was found, piece by piece. */
  values(): Iterable<readonly [entity: Entity, value: string]>;
}

export class PlainText implements Searched {
  constructor(
    private readonly text: string,
    /** In order, not overlapping. */
    readonly findings: readonly Finding[],
  ) {}

  *values(): Generator<readonly [Entity, string]> {
    for (const { entity, start, end } of this.findings) yield [entity, this.text.slice(start, end)];
  }

  *rewriting(replace: Replace): Generator<void, string> {
    let text = '';
    let at = 0;
    for (const [index, { entity, start, end }] of this.findings.entries()) {
      text += this.text.slice(at, start) + replace(entity, this.text.slice(start, end));
      at = end;
      if (index % STRETCH === STRETCH - 1) yield;
    }
    return text + this.text.slice(at);
  }
}
