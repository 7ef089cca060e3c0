import { isObject, type JsonObject } from '../contract/json';

/** Readers of what a provider sent: a value of the wrong type is the same as none, so that nonsense never crashes. */

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function asObjects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** More tokens than any call uses: whoever claims so many has not counted. */
const MOST_TOKENS = 1_000_000_000;

/** Undefined where it is no count of tokens: then nothing was said. */
export function asTokens(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MOST_TOKENS
    ? (value as number)
    : undefined;
}

export function asCount(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}
