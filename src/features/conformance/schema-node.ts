import type { Json } from '../../contract/json';
import type { Place } from './place';
import type { Trial } from './trial';

/** Members and items of one value that some keyword has looked at. */
export class Seen {
  readonly members = new Set<string>();
  readonly items = new Set<number>();

  merge({ members, items }: Seen): void {
    for (const member of members) this.members.add(member);
    for (const item of items) this.items.add(item);
  }
}

/** One keyword, made ready. @param seen absent where no keyword of the schema asks for it */
export type Check = (value: Json, at: Place | undefined, trial: Trial, seen: Seen | undefined) => boolean;

/** A schema, made ready: closures over its keywords. No code is generated. */
export interface SchemaNode {
  readonly checks: Check[];
}

/**
 * Whether a value conforms; the trial has the faults.
 * @param outer what is seen here is seen there, when both look at the same value
 * @throws TooLaborious
 */
export function conforms(
  { checks }: SchemaNode,
  value: Json,
  at: Place | undefined,
  trial: Trial,
  outer?: Seen,
): boolean {
  trial.enter();
  const seen = trial.tracks ? new Seen() : undefined;
  let conforming = true;
  for (const check of checks) {
    if (check(value, at, trial, seen)) continue;
    conforming = false;
    if (trial.satisfied) break;
  }
  trial.leave();
  if (conforming && seen) outer?.merge(seen);
  return conforming;
}
