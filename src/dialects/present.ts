import type { Json } from '../contract/json';

/** An object of the fields that have a value. */
export function present(fields: Readonly<Record<string, Json | undefined>>): Record<string, Json> {
  const found: Record<string, Json> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) found[key] = value;
  return found;
}
