import { type Check, conforms, type SchemaNode } from '../schema-node';
import { SchemaError, type SchemaReader } from '../schema-reader';
import type { Subschemas } from './subschemas';

/** Keywords that hold the same value to other schemas. */
export function branchChecks(reader: SchemaReader, subschemas: Subschemas): Check[] {
  return [
    ...eachOf(reader, subschemas, 'allOf', allOf),
    ...eachOf(reader, subschemas, 'anyOf', anyOf),
    ...eachOf(reader, subschemas, 'oneOf', oneOf),
    ...(reader.raw('not') === undefined ? [] : [not(subschemas.of(reader.raw('not'), 'not'))]),
    ...conditional(reader, subschemas),
  ];
}

function eachOf(
  reader: SchemaReader,
  subschemas: Subschemas,
  keyword: string,
  make: (nodes: readonly SchemaNode[]) => Check,
): Check[] {
  const schemas = reader.list(keyword);
  if (!schemas) return [];
  if (!schemas.length) throw new SchemaError(`'${keyword}' is empty`);
  return [make(schemas.map((schema) => subschemas.of(schema, keyword)))];
}

const allOf =
  (nodes: readonly SchemaNode[]): Check =>
  (value, at, trial, seen) => {
    let conforming = true;
    for (const node of nodes) {
      if (conforms(node, value, at, trial, seen)) continue;
      conforming = false;
      if (trial.satisfied) break;
    }
    return conforming;
  };

const anyOf =
  (nodes: readonly SchemaNode[]): Check =>
  (value, at, trial, seen) => {
    let conforming = false;
    for (const node of nodes) {
      if (trial.quietly(() => conforms(node, value, at, trial, seen))) conforming = true;
      // the others may have seen members too, where that matters
      if (conforming && !trial.tracks) break;
    }
    return conforming || trial.fault(at, 'anyOf');
  };

const oneOf =
  (nodes: readonly SchemaNode[]): Check =>
  (value, at, trial, seen) => {
    const fitting = nodes.filter((node) => trial.quietly(() => conforms(node, value, at, trial, seen)));
    return fitting.length === 1 || trial.fault(at, 'oneOf');
  };

const not =
  (node: SchemaNode): Check =>
  (value, at, trial) =>
    !trial.quietly(() => conforms(node, value, at, trial)) || trial.fault(at, 'not');

function conditional(reader: SchemaReader, subschemas: Subschemas): Check[] {
  if (reader.raw('if') === undefined) return [];
  const condition = subschemas.of(reader.raw('if'), 'if');
  const branch = (keyword: string) =>
    reader.raw(keyword) === undefined ? undefined : subschemas.of(reader.raw(keyword), keyword);
  const [then, otherwise] = [branch('then'), branch('else')];
  return [
    (value, at, trial, seen) => {
      const met = trial.quietly(() => conforms(condition, value, at, trial, seen));
      const node = met ? then : otherwise;
      return !node || conforms(node, value, at, trial, seen);
    },
  ];
}
