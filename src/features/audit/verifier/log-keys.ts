import { parseOrigin } from '../format/epoch';
import type { PlainObject } from '../format/header';
import { parseRotation } from '../format/key-rotation';
import { KEY_TYPE, makeVerifierKey, type VerifierKey } from '../format/vkey';

/** A key of the log, and the part of the log that it answers for. */
interface Held {
  readonly raw: Buffer;
  /** The entry that brought it; it signs trees that hold that entry. */
  readonly from: number;
  /** The entry that replaced it; it signs trees that do not hold that entry. */
  readonly until: number;
}

interface Rotation {
  readonly index: number;
  readonly before: Buffer;
  readonly after: Buffer;
}

/** Which keys speak for the log: those that the auditor brought, and those that they vouch for in `key.rotate` entries. */
export class LogKeys {
  private readonly rotations: Rotation[] = [];
  /** By origin and raw key: checked once for each checkpoint. */
  private readonly made = new Map<string, VerifierKey>();

  constructor(private readonly trusted: readonly VerifierKey[]) {}

  /** Whether the auditor brought a key for that log, in whichever epoch. */
  knows(origin: string): boolean {
    const { name } = parseOrigin(origin);
    return this.trusted.some((key) => parseOrigin(key.name).name === name);
  }

  /** @returns what is wrong with the rotation; then it counts for nothing */
  rotate(index: number, origin: string, facts: PlainObject): string | undefined {
    const found = parseRotation(origin, facts);
    if (!found) return 'the new key of the log is not signed by both keys';
    const [before, after] = [found.before.raw, found.after.raw];
    const other = this.rotations.find((known) => known.before.equals(before) !== known.after.equals(after));
    if (other) return `one of the keys was replaced by another, or came for another, in entry ${other.index}`;
    this.rotations.push({ index, before, after });
    return undefined;
  }

  /** For the checkpoint of a tree of that size. */
  forSize(origin: string, size: number): VerifierKey[] {
    return this.held(origin)
      .filter(({ from, until }) => size > from && size <= until)
      .map(({ raw }) => this.verifierKey(origin, raw));
  }

  /** For the certificate in an entry: a new key may admit writers before it is announced, an old one not after. */
  forEntry(origin: string, index: number): VerifierKey[] {
    return this.held(origin)
      .filter(({ until }) => index < until)
      .map(({ raw }) => this.verifierKey(origin, raw));
  }

  /** Of whichever time. */
  any(origin: string): VerifierKey[] {
    return this.held(origin).map(({ raw }) => this.verifierKey(origin, raw));
  }

  private verifierKey(origin: string, raw: Buffer): VerifierKey {
    const name = `${origin} ${raw.toString('hex')}`;
    const key = this.made.get(name) ?? makeVerifierKey(origin, KEY_TYPE.note, raw);
    this.made.set(name, key);
    return key;
  }

  private held(origin: string): Held[] {
    const { name } = parseOrigin(origin);
    const trusted = this.trusted.filter((key) => parseOrigin(key.name).name === name).map(({ raw }) => raw);
    const has = (raw: Buffer) => trusted.some((known) => known.equals(raw));
    for (let grown = true; grown;) {
      grown = false;
      for (const { before, after } of this.rotations)
        if (has(before) !== has(after)) {
          trusted.push(has(before) ? after : before);
          grown = true;
        }
    }
    return trusted.map((raw) => ({
      raw,
      from: this.rotations.find(({ after }) => after.equals(raw))?.index ?? -1,
      until: this.rotations.find(({ before }) => before.equals(raw))?.index ?? Number.MAX_SAFE_INTEGER,
    }));
  }
}
