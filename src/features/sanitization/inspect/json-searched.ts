import type { Entity } from '../../../contract/entities';
import type { Finding } from '../finding';
import { PlainText, type Replace, type Searched, STRETCH } from './searched';

/** A string, a name of a member, or a number in JSON text. */
export interface Literal {
  /** What it stands for. */
  readonly value: string;
  /** Of what is written there; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

/** JSON text whose literals were searched. Everything that is not replaced stays as it was written. */
export class JsonSearched implements Searched {
  readonly findings: readonly Finding[];

  /** @param parts in order; the findings of each are of its value */
  constructor(
    private readonly text: string,
    private readonly parts: readonly { readonly literal: Literal; readonly findings: readonly Finding[] }[],
  ) {
    this.findings = parts.flatMap(({ findings }) => findings);
  }

  *values(): Generator<readonly [Entity, string]> {
    for (const { literal, findings } of this.parts) yield* new PlainText(literal.value, findings).values();
  }

  *rewriting(replace: Replace): Generator<void, string> {
    let text = '';
    let at = 0;
    for (const [index, { literal, findings }] of this.parts.entries()) {
      if (index % STRETCH === STRETCH - 1) yield;
      const { value, start, end } = literal;
      const replaced = yield* new PlainText(value, findings).rewriting(replace);
      if (replaced === value) continue;
      // what was a number is a string from now on
      text += this.text.slice(at, start) + JSON.stringify(replaced);
      at = end;
    }
    return text + this.text.slice(at);
  }
}
