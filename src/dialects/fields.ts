import { GatewayError } from '../contract/errors';
import { isObject, type Json, type JsonObject } from '../contract/json';

export function invalid(path: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', path ? `${path}: ${problem}` : problem, path ? { param: path } : {});
}

const PLAIN_NAME = /^[\p{L}\p{N}_$.[\]-]{1,64}$/u;

/** A name the caller made up, as it may be repeated in refusals, headers and records: `?` when it does not look like one. */
export function fieldName(key: string): string {
  return PLAIN_NAME.test(key) ? key : '?';
}

interface NumberRule {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

/**
 * Reads the fields of an untrusted object, knowing where it stands. Absent and `null` are the same: undefined.
 * Every reader throws `invalid_request` naming the path when the value has another type.
 */
export class Fields {
  constructor(
    readonly object: JsonObject,
    readonly path: string = '',
  ) {}

  static of(value: Json | undefined, path: string): Fields {
    if (!isObject(value)) throw invalid(path, `expected an object, got ${kind(value)}`);
    return new Fields(value, path);
  }

  at(key: string | number): string {
    if (typeof key === 'number') return `${this.path}[${key}]`;
    return this.path ? `${this.path}.${fieldName(key)}` : fieldName(key);
  }

  raw(key: string): Json | undefined {
    return Object.hasOwn(this.object, key) ? (this.object[key] ?? undefined) : undefined;
  }

  string(key: string): string | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === 'string') return value;
    throw invalid(this.at(key), `expected a string, got ${kind(value)}`);
  }

  boolean(key: string): boolean | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw invalid(this.at(key), `expected true or false, got ${kind(value)}`);
  }

  number(key: string, { min = -Infinity, max = Infinity, integer = false }: NumberRule = {}): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'number') throw invalid(this.at(key), `expected a number, got ${kind(value)}`);
    if (integer && !Number.isSafeInteger(value)) throw invalid(this.at(key), 'expected an integer');
    if (value < min) throw invalid(this.at(key), `must be at least ${min}`);
    if (value > max) throw invalid(this.at(key), `must be at most ${max}`);
    return value;
  }

  oneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const value = this.string(key);
    if (value === undefined) return undefined;
    if ((allowed as readonly string[]).includes(value)) return value as T;
    throw invalid(this.at(key), `must be one of ${allowed.join(', ')}`);
  }

  child(key: string): Fields | undefined {
    const value = this.raw(key);
    return value === undefined ? undefined : Fields.of(value, this.at(key));
  }

  /** A free-form object, handed on as it is. */
  json(key: string): JsonObject | undefined {
    return this.child(key)?.object;
  }

  list(key: string): readonly Json[] | undefined {
    const value = this.raw(key);
    if (value === undefined || Array.isArray(value)) return value as readonly Json[] | undefined;
    throw invalid(this.at(key), `expected a list, got ${kind(value)}`);
  }

  /** A list of objects, each with its own path. */
  objects(key: string): Fields[] | undefined {
    return this.list(key)?.map((item, i) => Fields.of(item, `${this.at(key)}[${i}]`));
  }

  strings(key: string): string[] | undefined {
    return this.list(key)?.map((item, i) => {
      if (typeof item === 'string') return item;
      throw invalid(`${this.at(key)}[${i}]`, `expected a string, got ${kind(item)}`);
    });
  }

  required<T>(key: string, value: T | undefined): T {
    if (value === undefined) throw invalid(this.at(key), 'is required');
    return value;
  }

  /** Paths of the fields present, `null` aside, that are not in `known`. */
  others(known: ReadonlySet<string>): string[] {
    const found: string[] = [];
    for (const key of Object.keys(this.object))
      if (!known.has(key) && this.object[key] !== null) found.push(this.at(key));
    return found;
  }
}

function kind(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
