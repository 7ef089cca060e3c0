import { canonicalJson } from '../../../contract/canonical-json';
import { isObject, type Json } from '../../../contract/json';
import type { Check } from '../schema-node';
import { isTexts, SchemaError, type SchemaReader } from '../schema-reader';
import type { Trial } from '../trial';

const TYPES: Readonly<Record<string, (value: Json) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => typeof value === 'number' && Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: (value) => Array.isArray(value),
  object: isObject,
};

/** `type`, `enum` and `const`: what a value must be as a whole. */
export function valueChecks(reader: SchemaReader): Check[] {
  const checks: Check[] = [];
  const type = reader.raw('type');
  if (type !== undefined) {
    const tests = namesOf(type).map(typeTest);
    checks.push((value, at, trial) => tests.some((is) => is(value)) || trial.fault(at, 'type'));
  }
  const listed = reader.list('enum');
  if (listed) {
    const known = new Set(listed.map(canonicalJson));
    checks.push((value, at, trial) => known.has(spelt(value, trial)) || trial.fault(at, 'enum'));
  }
  const only = reader.raw('const');
  if (only !== undefined) {
    const known = canonicalJson(only);
    checks.push((value, at, trial) => spelt(value, trial) === known || trial.fault(at, 'const'));
  }
  return checks;
}

/** A value in the one spelling of all that are equal to it. Costs what it is long. @throws TooLaborious */
export function spelt(value: Json, trial: Trial): string {
  const text = canonicalJson(value);
  trial.spend(2 + Math.ceil(text.length / 50));
  return text;
}

function namesOf(type: Json): readonly string[] {
  if (typeof type === 'string') return [type];
  if (isTexts(type) && type.length) return type;
  throw new SchemaError("'type' is neither a name nor a list of names");
}

function typeTest(name: string): (value: Json) => boolean {
  const is = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (is) return is;
  throw new SchemaError("'type' names a type that does not exist");
}
