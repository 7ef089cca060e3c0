import { isObject, type Json, type JsonObject } from '../../../contract/json';
import type { Place } from '../place';
import { type Check, conforms, type SchemaNode, type Seen } from '../schema-node';
import { isTexts, SchemaError, type SchemaReader } from '../schema-reader';
import type { Trial } from '../trial';
import type { Subschemas } from './subschemas';

type MembersCheck = (value: JsonObject, at: Place | undefined, trial: Trial, seen: Seen | undefined) => boolean;

/** Keywords of objects, but for `unevaluatedProperties`. */
export function objectChecks(reader: SchemaReader, subschemas: Subschemas): Check[] {
  const checks: MembersCheck[] = [];
  const [least, most] = [reader.count('minProperties'), reader.count('maxProperties')];
  if (least !== undefined)
    checks.push((value, at, trial) => Object.keys(value).length >= least || trial.fault(at, 'minProperties'));
  if (most !== undefined)
    checks.push((value, at, trial) => Object.keys(value).length <= most || trial.fault(at, 'maxProperties'));
  const required = reader.texts('required');
  if (required) checks.push(demanding(required, 'required'));
  checks.push(...described(reader, subschemas), ...dependent(reader, subschemas));
  if (reader.raw('propertyNames') !== undefined) checks.push(named(reader, subschemas));
  return checks.map(ofObjects);
}

/** Comes after all keywords that look at members. */
export function unevaluatedProperties(reader: SchemaReader, subschemas: Subschemas): Check[] {
  const keyword = 'unevaluatedProperties';
  if (reader.raw(keyword) === undefined) return [];
  const node = subschemas.of(reader.raw(keyword), keyword);
  return [
    ofObjects((value, at, trial, seen) =>
      every(value, at, trial, seen, (name) => ({ nodes: seen?.members.has(name) ? [] : [node], declared: false })),
    ),
  ];
}

const ofObjects =
  (check: MembersCheck): Check =>
  (value, at, trial, seen) =>
    !isObject(value) || check(value, at, trial, seen);

/** What is missing is told at the place where it is missing. */
function demanding(names: readonly string[], keyword: string): MembersCheck {
  return (value, parent, trial) => {
    trial.spend(Math.ceil(names.length / 10));
    const missing = names.filter((name) => !Object.hasOwn(value, name));
    for (const name of missing) trial.fault({ parent, name, declared: true }, keyword);
    return !missing.length;
  };
}

/** `properties`, `patternProperties`, and `additionalProperties` for whatever neither of them describes. */
function described(reader: SchemaReader, subschemas: Subschemas): MembersCheck[] {
  const known = new Map(
    reader.members('properties').map(([name, schema]) => [name, subschemas.of(schema, 'properties')]),
  );
  const patterned = reader.members('patternProperties').map(([source, schema]) => ({
    pattern: subschemas.patterns.of(source),
    node: subschemas.of(schema, 'patternProperties'),
  }));
  const additional = reader.raw('additionalProperties');
  const rest = additional === undefined ? [] : [subschemas.of(additional, 'additionalProperties')];
  if (!known.size && !patterned.length && !rest.length) return [];
  return [
    (value, at, trial, seen) =>
      every(value, at, trial, seen, (name) => {
        const own = known.get(name);
        const matching = patterned.filter(({ pattern }) => pattern.found(name, trial)).map(({ node }) => node);
        const nodes = own ? [own, ...matching] : matching;
        return { nodes: nodes.length ? nodes : rest, declared: own !== undefined };
      }),
  ];
}

/** @param described which schemas a member must conform to; none: it is not looked at */
function every(
  value: JsonObject,
  parent: Place | undefined,
  trial: Trial,
  seen: Seen | undefined,
  described: (name: string) => { readonly nodes: readonly SchemaNode[]; readonly declared: boolean },
): boolean {
  let conforming = true;
  for (const [name, member] of Object.entries(value)) {
    trial.spend(1);
    const { nodes, declared } = described(name);
    if (nodes.length) seen?.members.add(name);
    const place = { parent, name, declared };
    for (const node of nodes) if (!conforms(node, member, place, trial)) conforming = false;
    if (!conforming && trial.satisfied) break;
  }
  return conforming;
}

function named(reader: SchemaReader, subschemas: Subschemas): MembersCheck {
  const node = subschemas.of(reader.raw('propertyNames'), 'propertyNames');
  return (value, parent, trial) => {
    const wrong = Object.keys(value).find((name) => !trial.quietly(() => conforms(node, name, parent, trial)));
    return wrong === undefined || trial.fault({ parent, name: wrong, declared: false }, 'propertyNames');
  };
}

/** What one member demands of the others; `dependencies` is draft 7's word for both kinds. */
function dependent(reader: SchemaReader, subschemas: Subschemas): MembersCheck[] {
  return ['dependentRequired', 'dependentSchemas', 'dependencies'].flatMap((keyword) =>
    reader.members(keyword).map(([name, demand]): MembersCheck => {
      const check = demandOf(demand, keyword, subschemas);
      return (value, at, trial, seen) => !Object.hasOwn(value, name) || check(value, at, trial, seen);
    }),
  );
}

function demandOf(demand: Json, keyword: string, subschemas: Subschemas): MembersCheck {
  if (keyword !== 'dependentSchemas' && isTexts(demand)) return demanding(demand, keyword);
  if (keyword === 'dependentRequired') throw new SchemaError("'dependentRequired' holds something else than lists");
  const node = subschemas.of(demand, keyword);
  return (value, at, trial, seen) => conforms(node, value, at, trial, seen);
}
