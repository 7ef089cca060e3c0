import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../contract/json';
import { checkBounds } from './bounds';
import { type CompiledSchema, compileSchema } from './compile-schema';
import { type Fault, faultAt } from './place';
import { conforms } from './schema-node';
import { Effort, TooLaborious, Trial } from './trial';

/** Schemas that are kept ready, and how long their texts may be in all: what is made of them is a few times as large. */
const KEPT = 200;
const KEPT_CHARACTERS = 2_000_000;

export interface Validator {
  /**
   * What does not conform, ten faults at most; undefined when finding out takes more steps than are made for one answer.
   * @param effort what is left for the answer that the value is a part of
   */
  faults(value: Json, effort?: Effort): readonly Fault[] | undefined;
}

interface Kept {
  readonly validator: Validator;
  readonly characters: number;
}

/** Makes schemas ready and keeps those that were used last: applications send the same few with every call. */
export class Schemas {
  /** In the order of their last use. */
  private readonly kept = new Map<string, Kept>();
  private characters = 0;

  /** @throws SchemaError when the schema cannot be used */
  validator(schema: JsonObject): Validator {
    checkBounds(schema);
    const text = JSON.stringify(schema);
    const name = createHash('sha256').update(text).digest('base64');
    const known = this.kept.get(name);
    if (known) {
      this.kept.delete(name);
      this.kept.set(name, known);
      return known.validator;
    }
    const validator = validatorOf(compileSchema(schema));
    this.kept.set(name, { validator, characters: text.length });
    this.characters += text.length;
    this.makeRoom();
    return validator;
  }

  private makeRoom(): void {
    for (const [name, { characters }] of this.kept) {
      if (this.kept.size <= KEPT && this.characters <= KEPT_CHARACTERS) return;
      this.kept.delete(name);
      this.characters -= characters;
    }
  }
}

function validatorOf({ root, tracks }: CompiledSchema): Validator {
  return {
    faults(value, effort = new Effort()) {
      const trial = new Trial(tracks, effort);
      try {
        if (conforms(root, value, undefined, trial)) return [];
        return trial.faults.length ? trial.faults : [faultAt(undefined, 'schema')];
      } catch (error) {
        if (error instanceof TooLaborious) return undefined;
        throw error;
      }
    },
  };
}
