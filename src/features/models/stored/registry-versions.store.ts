import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AliasSetting, ModelSetting } from '../../../platform/config/models';
import type { Kind, Settable, Stored, StoredSettings } from '../model-table';

const SCHEMAS: { readonly [K in Kind]: { parse(value: unknown): Settable[K] } } = {
  alias: AliasSetting,
  model: ModelSetting,
};

export interface SettingVersion<T> extends Stored<T> {
  readonly changedBy: string;
  readonly changedAt: Date;
}

interface Row {
  readonly kind: Kind;
  readonly name: string;
  readonly version: number;
  readonly setting: unknown;
  readonly changed_by: string;
  readonly changed_at: Date;
}

const COLUMNS = `kind, name, version, setting, changed_by, changed_at`;
const NEWEST = `select distinct on (kind, name) ${COLUMNS} from registry_versions order by kind, name, version desc`;
const SIGNPOST = `select count(*)::int as versions from registry_versions`;
// two at one time: the second waits for the first, and then adds nothing
const ADD = `
  insert into registry_versions (kind, name, version, setting, changed_by)
  select $1, $2, $3, $4, $5
  where $3 = 1 + coalesce((select max(version) from registry_versions where kind = $1 and name = $2), 0)
  on conflict do nothing
  returning version`;
const VERSIONS = `
  select ${COLUMNS} from registry_versions where kind = $1 and name = $2 and version < $3 order by version desc limit $4`;

/** Every version of what was set about aliases and models; none is ever changed. */
@Injectable()
export class RegistryVersions {
  constructor(private readonly database: DataSource) {}

  /** How many versions there are: grows with each change. */
  async count(): Promise<number> {
    const [row] = await this.database.query<{ versions: number }[]>(SIGNPOST);
    return row?.versions ?? 0;
  }

  /** What another release wrote and this one does not understand is an error: it is not to be guessed. */
  async newest(): Promise<StoredSettings> {
    const rows = await this.database.query<Row[]>(NEWEST);
    const of = <K extends Kind>(kind: K) =>
      new Map(rows.filter((row) => row.kind === kind).map((row) => [row.name, opened(kind, row)]));
    return { alias: of('alias'), model: of('model') };
  }

  /**
   * @param within a transaction of somebody else's, which it becomes part of
   * @returns false when another version was set in the meantime
   */
  async add<K extends Kind>(
    [kind, name]: readonly [K, string],
    { version, setting }: Stored<Settable[K]>,
    changedBy: string,
    within: Pick<EntityManager, 'query'> = this.database,
  ): Promise<boolean> {
    const text = setting === undefined ? null : JSON.stringify(setting);
    const added = await within.query<object[]>(ADD, [kind, name, version, text, changedBy]);
    return added.length > 0;
  }

  /** Newest first. */
  async list<K extends Kind>(
    [kind, name]: readonly [K, string],
    before: number,
    limit: number,
    within: Pick<EntityManager, 'query'> = this.database,
  ): Promise<SettingVersion<Settable[K]>[]> {
    const rows = await within.query<Row[]>(VERSIONS, [kind, name, before, limit]);
    return rows.map((row) => opened(kind, row));
  }
}

function opened<K extends Kind>(kind: K, row: Row): SettingVersion<Settable[K]> {
  const { version, setting, changed_by: changedBy, changed_at: changedAt } = row;
  const parsed = setting === null ? undefined : SCHEMAS[kind].parse(setting);
  return { version, setting: parsed, changedBy, changedAt };
}
