import { isObject, type Json, type JsonObject } from '../../contract/json';
import { arrayChecks, unevaluatedItems } from './keywords/arrays';
import { branchChecks } from './keywords/branches';
import { objectChecks, unevaluatedProperties } from './keywords/objects';
import { numberChecks, textChecks } from './keywords/scalars';
import type { Subschemas } from './keywords/subschemas';
import { valueChecks } from './keywords/values';
import { Patterns } from './pattern';
import { References } from './references';
import { type Check, conforms, type SchemaNode } from './schema-node';
import { SchemaError, SchemaReader } from './schema-reader';

const DRAFT_7 = 'http://json-schema.org/draft-07/schema';
const DRAFTS = new Set([DRAFT_7, 'https://json-schema.org/draft/2020-12/schema']);
/** They change what a reference means while a value is looked at. */
const NOT_DONE = ['$dynamicRef', '$recursiveRef'];

export interface CompiledSchema {
  readonly root: SchemaNode;
  /** Whether some keyword asks what the others have looked at. */
  readonly tracks: boolean;
}

/**
 * Makes a schema ready: drafts 2020-12 (also where none is named) and 7. It is taken for hostile: bounded, never run as code, and never
 * a reason to fetch anything.
 * @param schema within its bounds
 * @throws SchemaError
 */
export function compileSchema(schema: JsonObject): CompiledSchema {
  return new Compilation(schema).compiled();
}

class Compilation implements Subschemas {
  readonly patterns = new Patterns();
  private readonly nodes = new Map<JsonObject, SchemaNode>();
  private readonly references: References;
  private readonly draft7: boolean;
  private pending: JsonObject[] = [];
  private tracks = false;

  constructor(private readonly schema: JsonObject) {
    const named = schema['$schema'];
    const draft = typeof named === 'string' ? named.replace(/#$/, '') : undefined;
    if (named !== undefined && !DRAFTS.has(draft ?? ''))
      throw new SchemaError("'$schema' is neither 2020-12 nor draft 7");
    this.draft7 = draft === DRAFT_7;
    this.references = new References(schema);
  }

  compiled(): CompiledSchema {
    const root = this.of(this.schema, 'false');
    // a queue and no recursion: chains of references may be long
    for (let next = this.pending.pop(); next; next = this.pending.pop())
      this.nodes.get(next)?.checks.push(...this.checksOf(next));
    return { root, tracks: this.tracks };
  }

  of(schema: Json | undefined, keyword: string): SchemaNode {
    if (schema === true) return { checks: [] };
    if (schema === false) return { checks: [(_value, at, trial) => trial.fault(at, keyword)] };
    if (!isObject(schema)) throw new SchemaError(`'${keyword}' holds something that is not a schema`);
    const known = this.nodes.get(schema);
    if (known) return known;
    const node: SchemaNode = { checks: [] };
    this.nodes.set(schema, node);
    this.pending.push(schema);
    return node;
  }

  private checksOf(schema: JsonObject): Check[] {
    const reader = new SchemaReader(schema);
    if (schema !== this.schema) refuseBase(reader);
    const undone = NOT_DONE.find((keyword) => reader.raw(keyword) !== undefined);
    if (undone) throw new SchemaError(`'${undone}' is not supported`);
    const reference = this.referenceChecks(reader);
    if (reference.length && this.draft7) return reference;
    const last = [...unevaluatedItems(reader, this), ...unevaluatedProperties(reader, this)];
    this.tracks ||= last.length > 0;
    return [
      ...valueChecks(reader),
      ...numberChecks(reader),
      ...textChecks(reader, this.patterns),
      ...arrayChecks(reader, this),
      ...objectChecks(reader, this),
      ...reference,
      ...branchChecks(reader, this),
      ...last,
    ];
  }

  private referenceChecks(reader: SchemaReader): Check[] {
    const reference = reader.text('$ref');
    if (reference === undefined) return [];
    const node = this.of(this.references.find(reference), '$ref');
    return [(value, at, trial, seen) => conforms(node, value, at, trial, seen)];
  }
}

/** A part with a base of its own would give its references another meaning. */
function refuseBase(reader: SchemaReader): void {
  const id = reader.text('$id');
  if (id !== undefined && !id.startsWith('#')) throw new SchemaError("only the whole schema may have an '$id'");
}
