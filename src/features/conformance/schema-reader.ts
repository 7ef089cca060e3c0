import { isObject, type Json, type JsonObject } from '../../contract/json';

/** The schema cannot be used: it is not one, it is too large, or it asks for what is not done here. The message is safe to show. */
export class SchemaError extends Error {}

/** Reads the keywords of one schema and refuses those that make no sense. */
export class SchemaReader {
  constructor(readonly schema: JsonObject) {}

  raw(keyword: string): Json | undefined {
    return Object.hasOwn(this.schema, keyword) ? this.schema[keyword] : undefined;
  }

  number(keyword: string): number | undefined {
    return this.typed(keyword, 'a number', (value): value is number => typeof value === 'number');
  }

  /** A whole number of things. */
  count(keyword: string): number | undefined {
    return this.typed(
      keyword,
      'a whole number',
      (value): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0,
    );
  }

  text(keyword: string): string | undefined {
    return this.typed(keyword, 'a text', (value): value is string => typeof value === 'string');
  }

  flag(keyword: string): boolean | undefined {
    return this.typed(keyword, 'true or false', (value): value is boolean => typeof value === 'boolean');
  }

  list(keyword: string): readonly Json[] | undefined {
    return this.typed(keyword, 'a list', isList);
  }

  texts(keyword: string): readonly string[] | undefined {
    return this.typed(keyword, 'a list of texts', isTexts);
  }

  /** By name; the names may be anything. */
  members(keyword: string): readonly (readonly [string, Json])[] {
    const found = this.typed(keyword, 'an object', isObject);
    return found ? Object.entries(found) : [];
  }

  private typed<T extends Json>(keyword: string, expected: string, is: (value: Json) => value is T): T | undefined {
    const value = this.raw(keyword);
    if (value === undefined || is(value)) return value;
    throw new SchemaError(`'${keyword}' is not ${expected}`);
  }
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
export const isTexts = (value: Json): value is readonly string[] =>
  isList(value) && value.every((item) => typeof item === 'string');
