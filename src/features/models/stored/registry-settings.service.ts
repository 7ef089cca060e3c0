import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { GatewayError } from '../../../contract/errors';
import { type Kind, ModelTable, type Settable, type Stored } from '../model-table';
import { RegistryRefresh } from './registry-refresh.service';
import { RegistryVersions, type SettingVersion } from './registry-versions.store';

/** Every process holds them all. */
const MOST = 1_000;
const NEWEST = 2 ** 31 - 1;

/** Which one is meant. */
export type Subject<K extends Kind> = readonly [K, name: string];

/** Sets aliases and models, each version once. */
@Injectable()
export class RegistrySettings {
  constructor(
    private readonly table: ModelTable,
    private readonly versions: RegistryVersions,
    private readonly refresh: RegistryRefresh,
  ) {}

  /** Learns what was committed. @throws when the database cannot be read */
  look(): Promise<void> {
    return this.refresh.look();
  }

  /** Newest first. */
  history<K extends Kind>(
    subject: Subject<K>,
    before: number | undefined,
    limit: number,
  ): Promise<SettingVersion<Settable[K]>[]> {
    return this.versions.list(subject, before ?? NEWEST, limit);
  }

  /**
   * @param setting undefined: what the file says
   * @param expected the version that it replaces; undefined: whichever there is
   * @throws GatewayError `conflict` when another version was set meanwhile
   */
  async set<K extends Kind>(
    subject: Subject<K>,
    setting: Settable[K] | undefined,
    expected: number | undefined,
    by: string,
  ): Promise<void> {
    await this.refresh.look();
    const { version: current } = this.table.storedAs(...subject);
    if (expected !== undefined && expected !== current) throw changedMeanwhile(subject, current);
    const version = current + 1;
    if (!(await this.versions.add(subject, { version, setting }, by))) throw changedMeanwhile(subject, version);
    await this.refresh.look();
  }

  /**
   * The same within a transaction of the caller's: nothing is changed before that commits.
   * @param change what becomes of what was set before
   * @returns the new version
   * @throws GatewayError `conflict`; what `change` throws
   */
  async setWithin<K extends Kind>(
    within: EntityManager,
    subject: Subject<K>,
    change: (setting: Settable[K] | undefined) => Settable[K],
    expected: number,
    by: string,
  ): Promise<number> {
    const [newest]: readonly Stored<Settable[K]>[] = await this.versions.list(subject, NEWEST, 1, within);
    const current = newest?.version ?? 0;
    if (current !== expected) throw changedMeanwhile(subject, current);
    const version = current + 1;
    const stored = { version, setting: change(newest?.setting) };
    if (!(await this.versions.add(subject, stored, by, within))) throw changedMeanwhile(subject, version);
    return version;
  }

  /** @throws GatewayError `conflict` when there are too many to add one of that name */
  checkRoom(known: object, [kind, name]: Subject<Kind>): void {
    if (!Object.hasOwn(known, name) && Object.keys(known).length >= MOST)
      throw new GatewayError('conflict', `There can be ${MOST} of kind ${kind}`, { param: 'name' });
  }
}

function changedMeanwhile([kind]: Subject<Kind>, version: number): GatewayError {
  return new GatewayError('conflict', `The ${kind} is at version ${version} by now`, { param: 'version' });
}
