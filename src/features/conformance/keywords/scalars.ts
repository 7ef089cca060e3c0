import { FORMATS } from '../formats';
import type { Patterns } from '../pattern';
import type { Check } from '../schema-node';
import { SchemaError, type SchemaReader } from '../schema-reader';
import type { Trial } from '../trial';

/** Keywords of numbers. */
export function numberChecks(reader: SchemaReader): Check[] {
  const divisor = reader.number('multipleOf');
  if (divisor !== undefined && divisor <= 0) throw new SchemaError("'multipleOf' is not above zero");
  return [
    bound(reader, 'minimum', (value, least) => value >= least),
    bound(reader, 'maximum', (value, most) => value <= most),
    bound(reader, 'exclusiveMinimum', (value, least) => value > least),
    bound(reader, 'exclusiveMaximum', (value, most) => value < most),
    bound(reader, 'multipleOf', isMultiple),
  ].flat();
}

function bound(reader: SchemaReader, keyword: string, holds: (value: number, bound: number) => boolean): Check[] {
  const limit = reader.number(keyword);
  if (limit === undefined) return [];
  return [(value, at, trial) => typeof value !== 'number' || holds(value, limit) || trial.fault(at, keyword)];
}

/** Decimal fractions are not exact in binary: 0.0075 is 75 times 0.0001 all the same. */
function isMultiple(value: number, divisor: number): boolean {
  const times = value / divisor;
  if (!Number.isFinite(times)) return false;
  return Math.abs(times - Math.round(times)) <= 2 * Number.EPSILON * Math.abs(times);
}

/** Keywords of texts. */
export function textChecks(reader: SchemaReader, patterns: Patterns): Check[] {
  const checks: Check[] = [];
  const add = (keyword: string, holds: (text: string, trial: Trial) => boolean): void =>
    void checks.push(
      (value, at, trial) => typeof value !== 'string' || holds(value, trial) || trial.fault(at, keyword),
    );
  const [least, most] = [reader.count('minLength'), reader.count('maxLength')];
  if (least !== undefined) add('minLength', (text, trial) => lengthOf(text, trial) >= least);
  if (most !== undefined) add('maxLength', (text, trial) => lengthOf(text, trial) <= most);
  const source = reader.text('pattern');
  if (source !== undefined) {
    const pattern = patterns.of(source);
    add('pattern', (text, trial) => pattern.found(text, trial));
  }
  const format = FORMATS.get(reader.text('format') ?? '');
  if (format) add('format', format);
  return checks;
}

/** Characters as people count them, near enough: code points. */
function lengthOf(text: string, trial: Trial): number {
  trial.spend(Math.ceil(text.length / 1_000));
  let length = 0;
  for (const _ of text) length++;
  return length;
}
