import type { JsonObject } from '../../contract/json';

/**
 * The schema of an object with exactly these members. Only keywords that every vendor's structured output knows: ranges and lengths are seen to
 * afterwards.
 */
export function objectSchema(properties: Readonly<Record<string, JsonObject>>): JsonObject {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** A number that a model gave, within its range. */
export function within(value: unknown, least: number, most: number): number {
  return typeof value === 'number' ? Math.min(most, Math.max(least, value)) : least;
}
