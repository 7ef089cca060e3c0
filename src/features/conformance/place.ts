/** A place in an answer, as the way to it from the root. The root itself is undefined. */
export interface Place {
  readonly parent: Place | undefined;
  readonly name: string | number;
  /** The schema names this member, so its name is the caller's own word and not the model's. */
  readonly declared: boolean;
}

/** What does not conform: where in the answer, and to which keyword of the schema. Never the value. */
export interface Fault {
  /** A JSON pointer (RFC 6901); empty for the whole answer. For the model's eyes: names that it made up are in it. */
  readonly pointer: string;
  /** The same with `*` in place of every name that is not in the schema. Safe to show and to record. */
  readonly shown: string;
  readonly keyword: string;
}

/** More of them help nobody. */
export const FAULTS_TOLD = 10;

export function faultAt(place: Place | undefined, keyword: string): Fault {
  const [pointer, shown]: [string[], string[]] = [[], []];
  for (let at = place; at; at = at.parent) {
    const name = String(at.name).replaceAll('~', '~0').replaceAll('/', '~1');
    pointer.push(`/${name}`);
    shown.push(at.declared ? `/${name}` : '/*');
  }
  return { pointer: pointer.reverse().join(''), shown: shown.reverse().join(''), keyword };
}
