import type { Decides, FlagDefinition, Flags } from '../../platform/config/flags';
import type { KeyedHash } from '../../platform/secrets/keyed-hash';
import { Buckets } from './evaluate/buckets';
import { Flag } from './evaluate/flag';

/** What was set last about a flag. */
export interface StoredFlag {
  readonly version: number;
  /** Undefined: what the file declares, if it does. */
  readonly definition: FlagDefinition | undefined;
  readonly killed: boolean;
}

const UNSET: StoredFlag = { version: 0, definition: undefined, killed: false };

type DecidingFlags = { readonly [W in Decides['what']]: readonly Flag[] };
const NONE: DecidingFlags = { model: [], prompt: [], cache: [], guard: [] };

/** Every flag as it is now: what the file declares, and what was set through the API, which is stronger. In memory. */
export class FlagTable {
  private byName: ReadonlyMap<string, Flag> = new Map();
  private byDecision = NONE;
  private byAlias: ReadonlyMap<string, Flag> = new Map();
  private stored: ReadonlyMap<string, StoredFlag> = new Map();

  constructor(
    private declared: Flags['flags'],
    private readonly keyed: Pick<KeyedHash, 'digest'>,
  ) {
    this.learn(this.stored);
  }

  find(name: string): Flag | undefined {
    return this.byName.get(name);
  }

  /** By name. */
  list(): readonly Flag[] {
    return [...this.byName.values()];
  }

  /** Those that decide something of that kind about calls, by name. */
  deciding(what: Decides['what']): readonly Flag[] {
    return this.byDecision[what];
  }

  /** Whether any flag decides anything about calls. */
  get decides(): boolean {
    return Object.values(this.byDecision).some((flags) => flags.length);
  }

  /** The one that decides which model an alias stands for. */
  forAlias(alias: string): Flag | undefined {
    return this.byAlias.get(alias);
  }

  storedAs(name: string): StoredFlag {
    return this.stored.get(name) ?? UNSET;
  }

  /** Other flags are declared from now on. */
  take(declared: Flags['flags']): void {
    this.declared = declared;
    this.learn(this.stored);
  }

  /** What is set in the database, by name; replaces what was known. */
  learn(stored: ReadonlyMap<string, StoredFlag>): void {
    this.stored = stored;
    const names = [...new Set([...Object.keys(this.declared), ...stored.keys()])].sort();
    const flags = names.flatMap((name) => this.made(name) ?? []);
    const those = (what: Decides['what']) => flags.filter(({ state }) => state.definition.decides?.what === what);
    this.byName = new Map(flags.map((flag) => [flag.name, flag]));
    this.byDecision = { model: those('model'), prompt: those('prompt'), cache: those('cache'), guard: those('guard') };
    // the first by name, should two have been set at one time
    this.byAlias = new Map(this.byDecision.model.toReversed().map((flag) => [aliasOf(flag) ?? '', flag]));
  }

  private made(name: string): Flag | undefined {
    const { version, definition: set, killed } = this.storedAs(name);
    const definition = set ?? (Object.hasOwn(this.declared, name) ? this.declared[name] : undefined);
    if (!definition) return undefined;
    const state = { name, definition, version, killed, declared: !set };
    return new Flag(state, new Buckets(this.keyed, definition.salt ?? name));
  }
}

function aliasOf({ state }: Flag): string | undefined {
  const { decides } = state.definition;
  return decides?.what === 'model' ? decides.alias : undefined;
}
