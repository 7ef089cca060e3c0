import type { Json, JsonObject } from '../../../contract/json';
import { type Score, verdict } from './score';

/** Looks at answers that should be JSON. */
export interface SchemaChecks {
  /** Undefined when it is not JSON, or larger than what is looked at. */
  parse(text: string): Json | undefined;
  /** Where it does not conform, and to what: `/total type`. @throws Error for a schema that cannot be used */
  faults(schema: JsonObject, value: Json): readonly string[];
}

const FENCED = /^\s*```[a-z]*\s*\n([\s\S]*?)\n\s*```\s*$/i;
const SHOWN = 5;

export function jsonSchema(answer: string, schema: JsonObject, checks: SchemaChecks): Score {
  const value = checks.parse(FENCED.exec(answer)?.[1] ?? answer);
  if (value === undefined) return verdict(false, 'not JSON');
  const faults = checks.faults(schema, value);
  return verdict(!faults.length, faults.slice(0, SHOWN).join(', '));
}
