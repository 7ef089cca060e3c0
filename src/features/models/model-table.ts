import type { AliasSetting, Model, Models, ModelSetting, Shadow } from '../../platform/config/models';
import { versionsIn } from './versions';

/** What was set last about an alias or a model. */
export interface Stored<T> {
  readonly version: number;
  /** Undefined: what the file says, if it says anything. */
  readonly setting: T | undefined;
}

/** What may be set, by kind. */
export interface Settable {
  readonly alias: AliasSetting;
  readonly model: ModelSetting;
}
export type Kind = keyof Settable;
export type StoredSettings = { readonly [K in Kind]: ReadonlyMap<string, Stored<Settable[K]>> };

const UNSET = { version: 0, setting: undefined } as const;

/** Every alias and model as it is now: what `models.yaml` says, and what was set through the API, which is stronger. In memory. */
export class ModelTable implements Models {
  aliases: Models['aliases'] = {};
  models: Models['models'] = {};
  shadows: NonNullable<Models['shadows']> = {};
  hasShadows = false;
  private names: ReadonlySet<string> = new Set();
  private stored: StoredSettings = { alias: new Map(), model: new Map() };

  constructor(private declared: Models) {
    this.learn(this.stored);
  }

  storedAs<K extends Kind>(kind: K, name: string): Stored<Settable[K]> {
    return this.stored[kind].get(name) ?? UNSET;
  }

  /** What a share of the calls to an alias or model is sent to as well. */
  shadowOf(name: string): Shadow | undefined {
    return Object.hasOwn(this.shadows, name) ? this.shadows[name] : undefined;
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
    this.aliases = { ...this.declared.aliases, ...setIn(stored.alias, ({ models }) => models) };
    this.shadows = this.shadowsNow();
    this.hasShadows = Object.keys(this.shadows).length > 0;
    this.models = { ...this.declared.models, ...setIn(stored.model, (set, name) => this.merged(name, set)) };
    const targets = [...Object.values(this.aliases).flat(), ...Object.keys(this.models), ...this.snapshots()];
    const bare = targets.map((target) => target.slice(target.indexOf('/') + 1));
    this.names = new Set([...Object.keys(this.aliases), ...targets, ...bare]);
  }

  /** What would be known of a model with this set. */
  merged(name: string, setting: ModelSetting): Model {
    const declared = Object.hasOwn(this.declared.models, name) ? this.declared.models[name] : undefined;
    const { shadow: _shadow, ...known } = setting;
    const all: Model | ModelSetting = { operations: ['chat'], ...declared, ...known };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as Model;
  }

  private shadowsNow(): Record<string, Shadow> {
    const { alias, model } = this.stored;
    const all: Record<string, Shadow | null> = {
      ...this.declared.shadows,
      ...setIn(alias, ({ shadow }) => shadow),
      ...setIn(model, ({ shadow }) => shadow),
    };
    return Object.fromEntries(Object.entries(all).flatMap(([name, shadow]) => (shadow ? [[name, shadow]] : [])));
  }

  private snapshots(): string[] {
    return [...versionsIn(this.models)].flatMap(([name, { target }]) => [name, target]);
  }
}

function setIn<T, U>(
  stored: ReadonlyMap<string, Stored<T>>,
  made: (setting: T, name: string) => U | undefined,
): Record<string, U> {
  return Object.fromEntries(
    [...stored].flatMap(([name, { setting }]) => {
      const value = setting === undefined ? undefined : made(setting, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
