import { isObject, type Json } from '../../contract/json';

/** The value with every text restored, names of members too. What is put back cannot break out of its text. */
export function restoredValue(value: Json, restore: (text: string) => string): Json {
  if (typeof value === 'string') return restore(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => restoredValue(item, restore));
  if (!isObject(value)) return value;
  // defined, not assigned: a member may have any name
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [restore(name), restoredValue(member, restore)]),
  );
}
