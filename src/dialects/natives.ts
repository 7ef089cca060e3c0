import type { Fields } from './fields';

/** Paths of what a request says in its own dialect only, gathered while it is read. */
export interface Natives {
  /** Another dialect may leave these out. */
  readonly hints: string[];
  /** Another dialect must refuse these. */
  readonly extras: string[];
}

/** Every field that is not in `known` is an extra. */
export function noteExtras(fields: Fields, known: ReadonlySet<string>, natives: Natives): void {
  for (const path of fields.others(known)) natives.extras.push(path);
}

/** Every field that is not in `known` is a hint. */
export function noteHints(fields: Fields, known: ReadonlySet<string>, natives: Natives): void {
  for (const path of fields.others(known)) natives.hints.push(path);
}

export function noteHint(fields: Fields, key: string, natives: Natives): void {
  if (fields.raw(key) !== undefined) natives.hints.push(fields.at(key));
}
