import type { Json } from '../../../contract/json';
import type { Place } from '../place';
import { type Check, conforms, type SchemaNode, type Seen } from '../schema-node';
import type { SchemaReader } from '../schema-reader';
import type { Trial } from '../trial';
import type { Subschemas } from './subschemas';
import { spelt } from './values';

type Items = readonly Json[];
type ItemsCheck = (items: Items, at: Place | undefined, trial: Trial, seen: Seen | undefined) => boolean;

/** Keywords of lists, but for `unevaluatedItems`. */
export function arrayChecks(reader: SchemaReader, subschemas: Subschemas): Check[] {
  const checks: ItemsCheck[] = [];
  const [least, most] = [reader.count('minItems'), reader.count('maxItems')];
  if (least !== undefined) checks.push((items, at, trial) => items.length >= least || trial.fault(at, 'minItems'));
  if (most !== undefined) checks.push((items, at, trial) => items.length <= most || trial.fault(at, 'maxItems'));
  if (reader.flag('uniqueItems')) checks.push(unique);
  checks.push(...placed(reader, subschemas));
  if (reader.raw('contains') !== undefined) checks.push(containing(reader, subschemas));
  return checks.map(ofLists);
}

/** Comes after all keywords that look at items. */
export function unevaluatedItems(reader: SchemaReader, subschemas: Subschemas): Check[] {
  if (reader.raw('unevaluatedItems') === undefined) return [];
  const node = subschemas.of(reader.raw('unevaluatedItems'), 'unevaluatedItems');
  return [
    ofLists((items, at, trial, seen) => every(items, at, trial, seen, (i) => (seen?.items.has(i) ? undefined : node))),
  ];
}

const ofLists =
  (check: ItemsCheck): Check =>
  (value, at, trial, seen) =>
    !Array.isArray(value) || check(value as Items, at, trial, seen);

/** The first items each by a schema of its own, the others by one for all: in the words of 2020-12 or of draft 7. */
function placed(reader: SchemaReader, subschemas: Subschemas): ItemsCheck[] {
  const items = reader.raw('items');
  const [firstName, restName] = Array.isArray(items) ? ['items', 'additionalItems'] : ['prefixItems', 'items'];
  const first = (reader.list(firstName === 'items' ? 'items' : 'prefixItems') ?? []).map((schema) =>
    subschemas.of(schema, firstName),
  );
  const rest = reader.raw(restName) === undefined ? undefined : subschemas.of(reader.raw(restName), restName);
  if (!first.length && !rest) return [];
  return [(list, at, trial, seen) => every(list, at, trial, seen, (i) => first[i] ?? rest)];
}

/** @param nodeOf the schema of the item at that place; undefined: not looked at */
function every(
  items: Items,
  parent: Place | undefined,
  trial: Trial,
  seen: Seen | undefined,
  nodeOf: (index: number) => SchemaNode | undefined,
): boolean {
  let conforming = true;
  for (const [index, item] of items.entries()) {
    trial.spend(1);
    const node = nodeOf(index);
    if (!node) continue;
    seen?.items.add(index);
    if (conforms(node, item, { parent, name: index, declared: true }, trial)) continue;
    conforming = false;
    if (trial.satisfied) break;
  }
  return conforming;
}

function containing(reader: SchemaReader, subschemas: Subschemas): ItemsCheck {
  const node = subschemas.of(reader.raw('contains'), 'contains');
  const [least, most] = [reader.count('minContains') ?? 1, reader.count('maxContains') ?? Infinity];
  return (items, parent, trial, seen) => {
    let found = 0;
    for (const [index, item] of items.entries()) {
      trial.spend(1);
      const place = { parent, name: index, declared: true };
      if (!trial.quietly(() => conforms(node, item, place, trial))) continue;
      seen?.items.add(index);
      found++;
    }
    if (found < least) return trial.fault(parent, reader.raw('minContains') === undefined ? 'contains' : 'minContains');
    return found <= most || trial.fault(parent, 'maxContains');
  };
}

const unique: ItemsCheck = (items, at, trial) => {
  const known = new Set(items.map((item) => spelt(item, trial)));
  return known.size === items.length || trial.fault(at, 'uniqueItems');
};
