import { isObject, type Json, type JsonObject } from '../../contract/json';

export interface EnforcedSchema {
  readonly schema: JsonObject;
  /** Some of it is told to the model in words instead of being enforced. */
  readonly weakened: boolean;
}

/** What Anthropic enforces besides the shape. */
const FORMATS = new Set('date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' '));
const TOLD_AS_THEY_ARE = ['title', 'description', 'default'];
/** They say nothing about an answer. */
const REMARKS = new Set(['$schema', '$id', '$comment', 'examples', 'deprecated', 'readOnly', 'writeOnly']);
const DEFINITIONS = ['$defs', 'definitions'];
const REFERENCE = /^#\/(\$defs|definitions)\/([^/%~]+)$/;

/**
 * A schema in the part of JSON Schema that Anthropic enforces. Objects are closed: what conforms then conforms to the original as well.
 * Keywords beyond that part are told in the description.
 * @returns undefined where that part cannot say it: values of any kind, maps of any names, schemas that contain themselves
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
export function enforcedSchema(schema: JsonObject): EnforcedSchema | undefined {
  try {
    return new Shaping().whole(schema);
  } catch (error) {
    if (error instanceof NotEnforceable) return undefined;
    throw error;
  }
}

class NotEnforceable extends Error {}

class Shaping {
  private weakened = false;
  /** Which definitions each definition names; the root is the one without a name. */
  private readonly references = new Map<string, Set<string>>();
  private within = '';

  whole(schema: JsonObject): EnforcedSchema {
    const shaped: Record<string, Json> = this.shape(schema, DEFINITIONS);
    for (const place of DEFINITIONS) {
      const definitions = schema[place];
      if (definitions === undefined) continue;
      shaped[place] = this.each(definitions, (definition, name) => {
        this.within = `#/${place}/${name}`;
        return this.shape(definition);
      });
    }
    this.refuseCircles();
    return { schema: shaped, weakened: this.weakened };
  }

  private shape(schema: Json | undefined, handled: readonly string[] = []): Record<string, Json> {
    if (!isObject(schema)) throw new NotEnforceable();
    const left = new Map(Object.entries(schema).filter(([name]) => !REMARKS.has(name) && !handled.includes(name)));
    const shaped: Record<string, Json> = {};
    const keep = (name: string, value = left.get(name)) => {
      if (value !== undefined) shaped[name] = value;
      left.delete(name);
    };
    if (left.has('$ref')) return this.reference(left);
    for (const name of TOLD_AS_THEY_ARE) keep(name);
    if (isPrimitives(schema['enum'])) keep('enum');
    if (isPrimitive(schema['const'])) keep('const');
    const isLiteral = 'enum' in shaped || 'const' in shaped;
    const types = typesOf(schema);
    if (types.length) keep('type', schema['type'] ?? types[0]);
    else if (!isLiteral) keep(...this.alternatives(left));
    if (types.includes('object')) this.object(schema, keep);
    if (types.includes('array')) keep('items', this.shape(schema['items']));
    if (schema['minItems'] === 0 || schema['minItems'] === 1) keep('minItems');
    if (FORMATS.has(schema['format'] as string)) keep('format');
    return this.told(shaped, left);
  }

  private object(schema: JsonObject, keep: (name: string, value?: Json) => void): void {
    const { properties, required, additionalProperties: others } = schema;
    const named = properties === undefined ? {} : this.each(properties, (property) => this.shape(property));
    // what is closed must still be able to say what it is for
    const isMap = isObject(others) || 'patternProperties' in schema;
    const isOpen =
      !Object.keys(named).length && (others === true || (others === undefined && properties === undefined));
    const wants = Array.isArray(required) ? required : [];
    if (isMap || isOpen || wants.some((name) => !Object.hasOwn(named, String(name)))) throw new NotEnforceable();
    keep('properties', named);
    keep('required');
    keep('additionalProperties', false);
  }

  /** The only one of `allOf` is the schema itself; several of them, closed, would exclude each other. */
  private alternatives(left: Map<string, Json>): [string, Json] {
    const [name] = ['anyOf', 'oneOf', 'allOf'].filter((one) => left.has(one));
    const choices = name === undefined ? undefined : left.get(name);
    if (!Array.isArray(choices) || !choices.length || (name === 'allOf' && choices.length > 1))
      throw new NotEnforceable();
    left.delete(name as string);
    if (name === 'oneOf') this.weakened = true;
    return ['anyOf', choices.map((choice: Json) => this.shape(choice))];
  }

  private reference(left: Map<string, Json>): Record<string, Json> {
    const $ref = left.get('$ref');
    if (typeof $ref !== 'string' || !REFERENCE.test($ref)) throw new NotEnforceable();
    const named = this.references.get(this.within) ?? new Set<string>();
    this.references.set(this.within, named.add($ref));
    if ([...left.keys()].some((name) => name !== '$ref' && !TOLD_AS_THEY_ARE.includes(name))) this.weakened = true;
    return { $ref };
  }

  private told(shaped: Record<string, Json>, left: Map<string, Json>): Record<string, Json> {
    if (!left.size) return shaped;
    this.weakened = true;
    const { description } = shaped;
    const also = `Must also conform to ${JSON.stringify(Object.fromEntries(left))}`;
    return { ...shaped, description: typeof description === 'string' ? `${description}\n\n${also}` : also };
  }

  private each(schemas: Json, shape: (schema: Json, name: string) => Json): JsonObject {
    if (!isObject(schemas)) throw new NotEnforceable();
    return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, shape(schema, name)]));
  }

  /** Takes away what nothing that is left refers to; in circles something always does. */
  private refuseCircles(): void {
    const { references } = this;
    const referrers = new Map<string, number>();
    for (const place of [...references.values()].flatMap((places) => [...places]))
      referrers.set(place, (referrers.get(place) ?? 0) + 1);
    const free = [...references.keys()].filter((place) => !referrers.has(place));
    for (const place of free)
      for (const next of references.get(place) ?? []) {
        const left = (referrers.get(next) ?? 0) - 1;
        referrers.set(next, left);
        if (!left && references.has(next)) free.push(next);
      }
    if (free.length < references.size) throw new NotEnforceable();
  }
}

function typesOf({ type, properties, items }: JsonObject): readonly Json[] {
  if (Array.isArray(type)) return type as readonly Json[];
  if (type !== undefined) return [type];
  if (properties !== undefined) return ['object'];
  return items === undefined ? [] : ['array'];
}

const isPrimitive = (value: Json | undefined): boolean =>
  value !== undefined && (value === null || typeof value !== 'object');
const isPrimitives = (values: Json | undefined): boolean =>
  Array.isArray(values) && values.length > 0 && values.every(isPrimitive);
