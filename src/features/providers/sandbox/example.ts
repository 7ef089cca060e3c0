import { isObject, type Json, type JsonObject } from '../../../contract/json';

const MAX_DEPTH = 16;

/** A value that fits a JSON Schema as far as its common keywords go: the smallest, and always the same. */
export function exampleOf(schema: Json | undefined, root: JsonObject, depth = 0): Json {
  if (!isObject(schema) || depth > MAX_DEPTH) return null;
  if (typeof schema['$ref'] === 'string') return exampleOf(resolve(schema['$ref'], root), root, depth + 1);
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['enum'])) return (schema['enum'] as readonly Json[])[0] ?? null;
  if (schema['default'] !== undefined) return schema['default'];
  for (const choice of ['anyOf', 'oneOf', 'allOf'])
    if (Array.isArray(schema[choice])) return exampleOf((schema[choice] as readonly Json[])[0], root, depth + 1);
  const type = Array.isArray(schema['type']) ? (schema['type'] as readonly Json[])[0] : schema['type'];
  switch (type) {
    case 'string':
      return 'x'.repeat(Math.min(size(schema['minLength']), 1_000)) || 'sandbox';
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 0;
    case 'boolean':
      return false;
    case 'array':
      return Array.from({ length: Math.min(size(schema['minItems']), 100) }, () =>
        exampleOf(schema['items'], root, depth + 1),
      );
    case 'null':
      return null;
    default:
      return objectOf(schema, root, depth);
  }
}

function objectOf(schema: JsonObject, root: JsonObject, depth: number): Json {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required'])
    ? (schema['required'] as readonly Json[])
    : Object.keys(properties);
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => required.includes(name))
      .map(([name, property]) => [name, exampleOf(property, root, depth + 1)]),
  );
}

function resolve(reference: string, root: JsonObject): Json | undefined {
  let at: Json | undefined = root;
  for (const key of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) at = isObject(at) ? at[key] : undefined;
  return at;
}

function size(value: Json | undefined): number {
  return typeof value === 'number' && value > 0 ? Math.trunc(value) : 0;
}
