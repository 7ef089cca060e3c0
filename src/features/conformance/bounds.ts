import type { Json } from '../../contract/json';
import { SchemaError } from './schema-reader';

const DEPTH = 64;
const VALUES = 10_000;
const CHARACTERS = 200_000;

/** Looks at a schema before anything is made of it. @throws SchemaError when it is too large */
export function checkBounds(schema: Json): void {
  let [values, characters] = [0, 0];
  const count = (text: string) => void (characters += text.length);
  for (let level: readonly Json[] = [schema], depth = 1; level.length; depth++) {
    if (depth > DEPTH) throw new SchemaError(`it is nested deeper than ${DEPTH} levels`);
    const next: Json[] = [];
    for (const value of level) {
      if (typeof value === 'string') count(value);
      if (typeof value !== 'object' || value === null) continue;
      if (!Array.isArray(value)) Object.keys(value).forEach(count);
      for (const inner of Object.values(value) as Json[]) next.push(inner);
      if (next.length > VALUES) break;
    }
    values += level.length;
    if (values + next.length > VALUES) throw new SchemaError(`it holds more than ${VALUES} values`);
    if (characters > CHARACTERS) throw new SchemaError(`it is longer than ${CHARACTERS} characters`);
    level = next;
  }
}
