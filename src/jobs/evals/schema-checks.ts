import { parseAnswer, Schemas } from '../../features/conformance';
import type { SchemaChecks } from '../../features/evals';

/** Answers are looked at as those of callers who ask for structured output. */
export function schemaChecks(schemas = new Schemas()): SchemaChecks {
  return {
    parse: parseAnswer,
    faults(schema, value) {
      const found = schemas.validator(schema).faults(value);
      if (!found) return ['finding out takes too long'];
      return found.map(({ pointer, keyword }) => `${pointer || '/'} ${keyword}`);
    },
  };
}
