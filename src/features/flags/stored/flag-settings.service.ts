import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { GatewayError } from '../../../contract/errors';
import { sameDecision, unknownNames } from '../../../platform/config/check-flags';
import { Config } from '../../../platform/config/config';
import type { FlagDefinition } from '../../../platform/config/flags';
import type { Flag } from '../evaluate/flag';
import { FlagTable, type StoredFlag } from '../flag-table';
import { FlagRefresh } from './flag-refresh.service';
import { type FlagVersion, FlagVersions } from './flag-versions.store';

/** Every process holds them all. */
const MOST = 1_000;
const NEWEST = 2 ** 31 - 1;
/** How often a kill is tried again that met another change. */
const KILL_TRIES = 5;

/** Flags as operators see and set them. */
@Injectable()
export class FlagSettings {
  private readonly providers: ReadonlySet<string>;

  constructor(
    private readonly config: Config,
    private readonly table: FlagTable,
    private readonly versions: FlagVersions,
    private readonly refresh: FlagRefresh,
  ) {
    this.providers = new Set(config.providers.map(({ name }) => name));
  }

  /** By name, after `cursor`. */
  async list(
    cursor: string | undefined,
    limit: number,
  ): Promise<{ readonly items: readonly Flag[]; readonly next: string | null }> {
    await this.refresh.look();
    const found = this.table.list().filter(({ name }) => cursor === undefined || name > cursor);
    const items = found.slice(0, limit);
    return { items, next: found.length > limit ? (items.at(-1)?.name ?? null) : null };
  }

  /** @throws GatewayError `not_found` */
  async find(name: string): Promise<Flag> {
    await this.refresh.look();
    return this.known(name);
  }

  /** Newest first. @throws GatewayError `not_found` for a flag that never was */
  async history(name: string, before: number | undefined, limit: number): Promise<FlagVersion[]> {
    const versions = await this.versions.list(name, before ?? NEWEST, limit);
    if (!versions.length && before === undefined) this.known(name);
    return versions;
  }

  /**
   * Replaces what a flag is, or makes a new one. One that is killed stays so.
   * @param expected the version that it replaces; undefined: whichever there is
   * @throws GatewayError `conflict` when another version was set meanwhile
   */
  async set(name: string, definition: FlagDefinition, expected: number | undefined, by: string): Promise<Flag> {
    await this.add(name, expected, by, (current) => ({ definition, killed: current.killed }));
    return this.known(name);
  }

  /** Everybody gets the default, whatever else is set at the same time. @throws GatewayError `not_found` */
  async kill(name: string, by: string): Promise<Flag> {
    for (let tries = 1; ; tries++)
      try {
        await this.switch(name, true, by);
        return this.known(name);
      } catch (error) {
        if (tries >= KILL_TRIES || GatewayError.from(error).code !== 'conflict') throw error;
      }
  }

  /** @throws GatewayError `not_found`, `conflict` */
  async revive(name: string, by: string): Promise<Flag> {
    await this.switch(name, false, by);
    return this.known(name);
  }

  /** What was set is gone: the flag is what the file declares, or nothing. @throws GatewayError `not_found`, `conflict` */
  async reset(name: string, by: string): Promise<void> {
    await this.find(name);
    await this.add(name, undefined, by, () => ({ definition: undefined, killed: false }));
  }

  /**
   * Sets a flag, or drops what was set, within a transaction of the caller's: nothing is changed before that commits; `look` then lets
   * this process know at once, and the others know within a second.
   * @param definition undefined: as the file declares it, or gone
   * @returns the new version
   * @throws GatewayError `conflict` when another version was set meanwhile
   */
  async setWithin(
    within: EntityManager,
    name: string,
    definition: FlagDefinition | undefined,
    by: string,
  ): Promise<number> {
    const [newest] = await this.versions.list(name, NEWEST, 1, within);
    const version = 1 + (newest?.version ?? 0);
    if (!(await this.versions.add(name, { version, definition, killed: false }, by, within)))
      throw changedMeanwhile(version);
    return version;
  }

  /** Learns what was committed. @throws when the database cannot be read */
  look(): Promise<void> {
    return this.refresh.look();
  }

  /**
   * The flag is what it was before its last change. Asked again for the same cause it stays as it is.
   * @param cause the id of what it is about, as whoever changed it
   * @param rolledBack the version that another cause's roll-back made, if one is in force: before it there is only what that one undid
   * @returns the version that was in force before and the one that is now; undefined when it was never changed
   * @throws GatewayError `not_found`, `conflict`
   */
  async rollBack(
    name: string,
    cause: string,
    rolledBack: number | undefined,
  ): Promise<{ readonly from: number; readonly to: number } | 'already' | undefined> {
    await this.find(name);
    const [current, former] = await this.versions.list(name, NEWEST, 2);
    if (!current) return undefined;
    if (current.changedBy === cause) return { from: current.version - 1, to: current.version };
    if (current.version === rolledBack) return 'already';
    const { definition, killed } = former ?? { definition: undefined, killed: false };
    await this.add(name, current.version, cause, () => ({ definition, killed }));
    return { from: current.version, to: current.version + 1 };
  }

  /** The flag is once more what it was in that version. @param expected the version that it replaces @throws GatewayError `not_found`, `conflict` */
  async restore(name: string, version: number, expected: number, by: string): Promise<void> {
    const [found] = await this.versions.list(name, version + 1, 1);
    if (found?.version !== version)
      throw new GatewayError('not_found', 'There is no such version', { param: 'version' });
    await this.add(name, expected, by, () => ({ definition: found.definition, killed: found.killed }));
  }

  /** @throws GatewayError `invalid_request` for what could never take effect; `conflict` where another flag decides the same */
  check(name: string, definition: FlagDefinition): void {
    const targets = {
      aliases: this.config.models.aliases,
      prompts: this.config.flags.prompts,
      providers: this.providers,
    };
    for (const [path, problem] of unknownNames(definition, targets))
      throw new GatewayError('invalid_request', problem, { param: `flag.${path}` });
    const all = Object.fromEntries(this.table.list().map((flag) => [flag.name, flag.state.definition]));
    const other = sameDecision(name, definition, all);
    if (other !== undefined)
      throw new GatewayError('conflict', `The flag ${other} decides that already`, { param: 'flag.decides' });
    if (!Object.hasOwn(all, name) && Object.keys(all).length >= MOST)
      throw new GatewayError('conflict', `There can be ${MOST} flags`, { param: 'name' });
  }

  private async switch(name: string, killed: boolean, by: string): Promise<void> {
    await this.find(name);
    await this.add(name, undefined, by, ({ definition }) => ({ definition, killed }));
  }

  private async add(
    name: string,
    expected: number | undefined,
    by: string,
    change: (current: StoredFlag) => Omit<StoredFlag, 'version'>,
  ): Promise<void> {
    await this.refresh.look();
    const current = this.table.storedAs(name);
    if (expected !== undefined && expected !== current.version) throw changedMeanwhile(current.version);
    const version = current.version + 1;
    if (!(await this.versions.add(name, { ...change(current), version }, by))) throw changedMeanwhile(version);
    await this.refresh.look();
  }

  private known(name: string): Flag {
    const flag = this.table.find(name);
    if (!flag) throw new GatewayError('not_found', 'There is no such flag', { param: 'name' });
    return flag;
  }
}

function changedMeanwhile(version: number): GatewayError {
  return new GatewayError('conflict', `The flag is at version ${version} by now`, { param: 'version' });
}
