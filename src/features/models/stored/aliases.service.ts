import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { GatewayError } from '../../../contract/errors';
import { shadowProblem } from '../../../platform/config/check-models';
import { Config } from '../../../platform/config/config';
import type { AliasSetting, Shadow } from '../../../platform/config/models';
import { ModelTable } from '../model-table';
import { pageOf } from './page-of';
import { RegistrySettings } from './registry-settings.service';
import type { SettingVersion } from './registry-versions.store';

/** An alias as it is now. */
export interface Alias {
  readonly alias: string;
  /** The models it stands for, best first. */
  readonly models: readonly string[];
  /** Of what was set here last; 0 while nothing was. */
  readonly version: number;
  /** It is as `models.yaml` declares it. */
  readonly declared: boolean;
  readonly shadow: Shadow | undefined;
}

export interface AliasMove {
  readonly alias: string;
  readonly models: readonly string[];
  /** The version that it replaces. */
  readonly expected: number;
  /** The key of who moves it. */
  readonly by: string;
}

/** Aliases as operators see and set them. */
@Injectable()
export class Aliases {
  private readonly providers: ReadonlySet<string>;

  constructor(
    config: Config,
    private readonly table: ModelTable,
    private readonly settings: RegistrySettings,
  ) {
    this.providers = new Set(config.providers.map(({ name }) => name));
  }

  /** By name, after `cursor`. */
  async list(
    cursor: string | undefined,
    limit: number,
  ): Promise<{ readonly items: readonly Alias[]; readonly next: string | null }> {
    await this.settings.look();
    const { items, next } = pageOf(Object.keys(this.table.aliases), cursor, limit);
    return { items: items.map((name) => this.known(name)), next };
  }

  /** @throws GatewayError `not_found` */
  async find(alias: string): Promise<Alias> {
    await this.settings.look();
    return this.known(alias);
  }

  /** Newest first. @throws GatewayError `not_found` for an alias that never was */
  async history(alias: string, before: number | undefined, limit: number): Promise<SettingVersion<AliasSetting>[]> {
    const versions = await this.settings.history(['alias', alias], before, limit);
    if (!versions.length && before === undefined) await this.find(alias);
    return versions;
  }

  /**
   * Replaces what an alias stands for, or makes a new one.
   * @param expected the version that it replaces; undefined: whichever there is
   * @throws GatewayError `conflict` when another version was set meanwhile
   */
  async set(alias: string, setting: AliasSetting, expected: number | undefined, by: string): Promise<Alias> {
    await this.settings.set(['alias', alias], setting, expected, by);
    return this.known(alias);
  }

  /** What was set is gone: the alias is what the file declares, or nothing. @throws GatewayError `not_found`, `conflict` */
  async reset(alias: string, expected: number | undefined, by: string): Promise<void> {
    await this.find(alias);
    await this.settings.set(['alias', alias], undefined, expected, by);
  }

  /**
   * Compares and moves within a transaction of the caller's, which records it too. Nothing is moved before that commits; `look`
   * then lets this process know at once, and the others know within a second.
   * @throws GatewayError `conflict` when the alias is at another version; `invalid_request` as `check` does
   */
  async move(within: EntityManager, { alias, models, expected, by }: AliasMove): Promise<{ readonly version: number }> {
    const moved = (setting: AliasSetting | undefined): AliasSetting => ({ ...setting, models: [...models] });
    this.check(alias, moved(undefined));
    return { version: await this.settings.setWithin(within, ['alias', alias], moved, expected, by) };
  }

  /** Learns what was committed. @throws when the database cannot be read */
  look(): Promise<void> {
    return this.settings.look();
  }

  /** @throws GatewayError `invalid_request` for what could never answer; `conflict` when there are too many */
  check(alias: string, { models, shadow }: AliasSetting): void {
    const { aliases } = this.table;
    if (!models && (!shadow || !Object.hasOwn(aliases, alias)))
      throw new GatewayError('invalid_request', 'needs models, or a shadow of an alias that is there', {
        param: 'models',
      });
    const problem = shadow && shadowProblem(alias, shadow, { aliases, providers: this.providers });
    if (problem) throw new GatewayError('invalid_request', problem, { param: 'shadow.model' });
    // what it stands for already may be waiting for its provider, as in a file that serves many installations
    const before = new Set(Object.hasOwn(aliases, alias) ? aliases[alias] : []);
    for (const [i, target] of (models ?? []).entries()) {
      const provider = target.slice(0, target.indexOf('/'));
      if (!this.providers.has(provider) && !before.has(target))
        throw new GatewayError('invalid_request', `The provider ${provider} is not configured`, {
          param: `models[${i}]`,
        });
    }
    this.settings.checkRoom(aliases, ['alias', alias]);
  }

  private known(alias: string): Alias {
    const { aliases } = this.table;
    const models = Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
    if (!models) throw new GatewayError('not_found', 'There is no such alias', { param: 'alias' });
    const { version, setting } = this.table.storedAs('alias', alias);
    return { alias, models, version, declared: !setting, shadow: this.table.shadowOf(alias) };
  }
}
