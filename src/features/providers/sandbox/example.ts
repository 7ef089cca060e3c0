import { isObject, type Json, type JsonObject } from '../../../contract/json';

const MAX_DEPTH = 16;
/** A schema can ask for more values than there are atoms: what is over the budget is null. */
const MAX_VALUES = 1_000;

/** A value that fits a JSON Schema as far as its common keywords go: the smallest, and always the same. */
export function exampleOf(schema: JsonObject): Json {
  return new Example(schema).of(schema, 0);
}

class Example {
  private values = 0;

  constructor(private readonly root: JsonObject) {}

  of(schema: Json | undefined, depth: number): Json {
    if (!isObject(schema) || depth > MAX_DEPTH || ++this.values > MAX_VALUES) return null;
    if (typeof schema['$ref'] === 'string') return this.of(resolve(schema['$ref'], this.root), depth + 1);
    if (schema['const'] !== undefined) return schema['const'];
    if (Array.isArray(schema['enum'])) return (schema['enum'] as readonly Json[])[0] ?? null;
    if (schema['default'] !== undefined) return schema['default'];
    for (const choice of ['anyOf', 'oneOf', 'allOf'])
      if (Array.isArray(schema[choice])) return this.of((schema[choice] as readonly Json[])[0], depth + 1);
    const type = Array.isArray(schema['type']) ? (schema['type'] as readonly Json[])[0] : schema['type'];
    switch (type) {
      case 'string':
        return 'x'.repeat(size(schema['minLength'], 1_000)) || 'sandbox';
      case 'integer':
      case 'number':
        return typeof schema['minimum'] === 'number' ? schema['minimum'] : 0;
      case 'boolean':
        return false;
      case 'array':
        return Array.from({ length: size(schema['minItems'], 100) }, () => this.of(schema['items'], depth + 1));
      case 'null':
        return null;
      default:
        return this.object(schema, depth);
    }
  }

  private object(schema: JsonObject, depth: number): Json {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : Object.keys(properties));
    return Object.fromEntries(
      Object.entries(properties)
        .filter(([name]) => required.has(name))
        .map(([name, property]) => [name, this.of(property, depth + 1)]),
    );
  }
}

function resolve(reference: string, root: JsonObject): Json | undefined {
  let at: Json | undefined = root;
  for (const key of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) at = isObject(at) ? at[key] : undefined;
  return at;
}

function size(value: Json | undefined, max: number): number {
  return typeof value === 'number' && value > 0 ? Math.min(Math.trunc(value), max) : 0;
}
