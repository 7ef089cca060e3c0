import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { GatewayError } from '../../../contract/errors';
import { Config } from '../../../platform/config/config';
import type { AliasSetting } from '../../../platform/config/models';
import { ModelTable, type Stored } from '../model-table';
import { RegistryRefresh } from './registry-refresh.service';
import { RegistryVersions, type SettingVersion } from './registry-versions.store';

/** Every process holds them all. */
const MOST = 1_000;
const NEWEST = 2 ** 31 - 1;

/** An alias as it is now. */
export interface Alias {
  readonly alias: string;
  /** The models it stands for, best first. */
  readonly models: readonly string[];
  /** Of what was set here last; 0 while nothing was. */
  readonly version: number;
  /** It is as `models.yaml` declares it. */
  readonly declared: boolean;
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
    private readonly versions: RegistryVersions,
    private readonly refresh: RegistryRefresh,
  ) {
    this.providers = new Set(config.providers.map(({ name }) => name));
  }

  /** By name, after `cursor`. */
  async list(
    cursor: string | undefined,
    limit: number,
  ): Promise<{ readonly items: readonly Alias[]; readonly next: string | null }> {
    await this.refresh.look();
    const names = Object.keys(this.table.aliases).filter((name) => cursor === undefined || name > cursor);
    const items = names.sort().slice(0, limit);
    return {
      items: items.map((name) => this.known(name)),
      next: names.length > limit ? (items.at(-1) ?? null) : null,
    };
  }

  /** @throws GatewayError `not_found` */
  async find(alias: string): Promise<Alias> {
    await this.refresh.look();
    return this.known(alias);
  }

  /** Newest first. @throws GatewayError `not_found` for an alias that never was */
  async history(alias: string, before: number | undefined, limit: number): Promise<SettingVersion<AliasSetting>[]> {
    const versions = await this.versions.list(['alias', alias], before ?? NEWEST, limit);
    if (!versions.length && before === undefined) await this.find(alias);
    return versions;
  }

  /**
   * Replaces what an alias stands for, or makes a new one.
   * @param expected the version that it replaces; undefined: whichever there is
   * @throws GatewayError `conflict` when another version was set meanwhile
   */
  async set(alias: string, setting: AliasSetting, expected: number | undefined, by: string): Promise<Alias> {
    await this.add(alias, setting, expected, by);
    return this.known(alias);
  }

  /** What was set is gone: the alias is what the file declares, or nothing. @throws GatewayError `not_found`, `conflict` */
  async reset(alias: string, expected: number | undefined, by: string): Promise<void> {
    await this.find(alias);
    await this.add(alias, undefined, expected, by);
  }

  /**
   * Compares and moves within a transaction of the caller's, which records it too. Nothing is moved before that commits; `look`
   * then lets this process know at once, and the others know within a second.
   * @throws GatewayError `conflict` when the alias is at another version; `invalid_request` as `check` does
   */
  async move(within: EntityManager, { alias, models, expected, by }: AliasMove): Promise<{ readonly version: number }> {
    const [newest] = await this.versions.list(['alias', alias], NEWEST, 1, within);
    const current = newest?.version ?? 0;
    if (current !== expected) throw changedMeanwhile(current);
    const setting = { ...newest?.setting, models: [...models] };
    this.check(alias, setting);
    const version = current + 1;
    if (!(await this.versions.add(['alias', alias], { version, setting }, by, within))) throw changedMeanwhile(version);
    return { version };
  }

  /** Learns what was committed. @throws when the database cannot be read */
  look(): Promise<void> {
    return this.refresh.look();
  }

  /** @throws GatewayError `invalid_request` for what could never answer; `conflict` when there are too many */
  check(alias: string, { models }: AliasSetting): void {
    for (const [i, target] of models.entries()) {
      const provider = target.slice(0, target.indexOf('/'));
      if (!this.providers.has(provider))
        throw new GatewayError('invalid_request', `The provider ${provider} is not configured`, {
          param: `models[${i}]`,
        });
    }
    const { aliases } = this.table;
    if (!Object.hasOwn(aliases, alias) && Object.keys(aliases).length >= MOST)
      throw new GatewayError('conflict', `There can be ${MOST} aliases`, { param: 'alias' });
  }

  private async add(
    alias: string,
    setting: AliasSetting | undefined,
    expected: number | undefined,
    by: string,
  ): Promise<void> {
    await this.refresh.look();
    const current: Stored<AliasSetting> = this.table.aliasAs(alias);
    if (expected !== undefined && expected !== current.version) throw changedMeanwhile(current.version);
    const version = current.version + 1;
    if (!(await this.versions.add(['alias', alias], { version, setting }, by))) throw changedMeanwhile(version);
    await this.refresh.look();
  }

  private known(alias: string): Alias {
    const { aliases } = this.table;
    const models = Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
    if (!models) throw new GatewayError('not_found', 'There is no such alias', { param: 'alias' });
    const { version, setting } = this.table.aliasAs(alias);
    return { alias, models, version, declared: !setting };
  }
}

function changedMeanwhile(version: number): GatewayError {
  return new GatewayError('conflict', `The alias is at version ${version} by now`, { param: 'version' });
}
