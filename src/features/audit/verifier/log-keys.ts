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
  /** The key that it replaced, or that it came with: raw, in hex. */
  readonly key: string;
}

/** Which keys speak for the log: those that the auditor brought, and those that they vouch for in `key.rotate` entries. */
export class LogKeys {
  /** By the key that was replaced, and by the one that came: raw, in hex. */
  private readonly replaced = new Map<string, Rotation>();
  private readonly came = new Map<string, Rotation>();
  /** By the name of the log, until a rotation is added. */
  private readonly known = new Map<string, readonly Held[]>();
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
    const [before, after] = [found.before.raw.toString('hex'), found.after.raw.toString('hex')];
    const [gone, come] = [this.replaced.get(before), this.came.get(after)];
    if (gone === undefined && come === undefined) {
      this.replaced.set(before, { index, key: after });
      this.came.set(after, { index, key: before });
      this.known.clear();
    } else if (gone?.key !== after)
      return `one of the keys was replaced by another, or came for another, in entry ${(gone ?? come)?.index}`;
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

  private held(origin: string): readonly Held[] {
    const { name } = parseOrigin(origin);
    const found = this.known.get(name) ?? this.reached(name);
    this.known.set(name, found);
    return found;
  }

  /** The keys that the auditor brought for that log, and those before and after them. */
  private reached(name: string): readonly Held[] {
    const keys = new Set<string>();
    for (const trusted of this.trusted) {
      if (parseOrigin(trusted.name).name !== name) continue;
      const raw = trusted.raw.toString('hex');
      keys.add(raw);
      for (const way of [this.replaced, this.came])
        for (let next = way.get(raw)?.key; next !== undefined && !keys.has(next); next = way.get(next)?.key)
          keys.add(next);
    }
    return [...keys].map((key) => ({
      raw: Buffer.from(key, 'hex'),
      from: this.came.get(key)?.index ?? -1,
      until: this.replaced.get(key)?.index ?? Number.MAX_SAFE_INTEGER,
    }));
  }
}
