import type { AliasSetting, Models } from '../../platform/config/models';

/** What was set last about an alias or a model. */
export interface Stored<T> {
  readonly version: number;
  /** Undefined: what the file says, if it says anything. */
  readonly setting: T | undefined;
}

export interface StoredSettings {
  readonly aliases: ReadonlyMap<string, Stored<AliasSetting>>;
}

const UNSET = { version: 0, setting: undefined } as const;

/** Every alias and model as it is now: what `models.yaml` says, and what was set through the API, which is stronger. In memory. */
export class ModelTable implements Models {
  aliases: Models['aliases'] = {};
  private names: ReadonlySet<string> = new Set();
  private stored: StoredSettings = { aliases: new Map() };

  constructor(private declared: Models) {
    this.learn(this.stored);
  }

  get models(): Models['models'] {
    return this.declared.models;
  }

  aliasAs(name: string): Stored<AliasSetting> {
    return this.stored.aliases.get(name) ?? UNSET;
  }

  /** Whether it is an alias or a model that somebody set or declared, with its provider or without. */
  isListed(name: string): boolean {
    return this.names.has(name);
  }

  /** Another file is in force from now on. */
  take(declared: Models): void {
    this.declared = declared;
    this.learn(this.stored);
  }

  /** What is set in the database; replaces what was known. */
  learn(stored: StoredSettings): void {
    this.stored = stored;
    const set = [...stored.aliases].flatMap(([name, { setting }]) => (setting ? [[name, setting.models]] : []));
    this.aliases = { ...this.declared.aliases, ...(Object.fromEntries(set) as Models['aliases']) };
    const targets = [...Object.values(this.aliases).flat(), ...Object.keys(this.models)];
    const bare = targets.map((target) => target.slice(target.indexOf('/') + 1));
    this.names = new Set([...Object.keys(this.aliases), ...targets, ...bare]);
  }
}
