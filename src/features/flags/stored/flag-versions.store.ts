import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { FlagDefinition } from '../../../platform/config/flags';
import { SealedBox } from '../../../platform/secrets/sealed-box';
import type { StoredFlag } from '../flag-table';

export interface FlagVersion extends StoredFlag {
  readonly changedBy: string;
  readonly changedAt: Date;
}

interface Row {
  readonly name: string;
  readonly version: number;
  readonly sealed: Buffer | null;
  readonly killed: boolean;
  readonly changed_by: string;
  readonly changed_at: Date;
}

const SEAL = 'flag-definition';
const COLUMNS = `name, version, sealed, killed, changed_by, changed_at`;
const NEWEST = `select distinct on (name) ${COLUMNS} from flag_versions order by name, version desc`;
const SIGNPOST = `select count(*)::int as versions from flag_versions`;
const ADD = `
  insert into flag_versions (name, version, sealed, killed, changed_by)
  select $1, $2, $3, $4, $5
  where $2 = 1 + coalesce((select max(version) from flag_versions where name = $1), 0)
  on conflict do nothing
  returning version`;
const VERSIONS = `
  select ${COLUMNS} from flag_versions where name = $1 and version < $2 order by version desc limit $3`;

/** Every version of every flag that was set; none is ever changed. Rules may name persons: definitions are sealed. */
@Injectable()
export class FlagVersions {
  constructor(
    private readonly database: DataSource,
    private readonly box: SealedBox,
  ) {}

  /** How many versions there are: grows with each change. */
  async count(): Promise<number> {
    const [row] = await this.database.query<{ versions: number }[]>(SIGNPOST);
    return row?.versions ?? 0;
  }

  /** By name. What another release wrote and this one does not understand is an error: it is not to be guessed. */
  async newest(): Promise<ReadonlyMap<string, FlagVersion>> {
    const rows = await this.database.query<Row[]>(NEWEST);
    return new Map(rows.map((row) => [row.name, this.opened(row)]));
  }

  /**
   * @param within a transaction of somebody else's, which it becomes part of
   * @returns false when another version was set in the meantime
   */
  async add(
    name: string,
    { version, definition, killed }: StoredFlag,
    changedBy: string,
    within: Pick<EntityManager, 'query'> = this.database,
  ): Promise<boolean> {
    const text = definition && Buffer.from(JSON.stringify(definition));
    const sealed = text ? this.box.seal(SEAL, '', placeOf(name, version), text) : null;
    const added = await within.query<object[]>(ADD, [name, version, sealed, killed, changedBy]);
    return added.length > 0;
  }

  /** Newest first. */
  async list(
    name: string,
    before: number,
    limit: number,
    within: Pick<EntityManager, 'query'> = this.database,
  ): Promise<FlagVersion[]> {
    const rows = await within.query<Row[]>(VERSIONS, [name, before, limit]);
    return rows.map((row) => this.opened(row));
  }

  private opened(row: Row): FlagVersion {
    const { name, version, sealed, killed, changed_by: changedBy, changed_at: changedAt } = row;
    const text = sealed && this.box.open(SEAL, '', placeOf(name, version), sealed).toString();
    const definition = text === null ? undefined : FlagDefinition.parse(JSON.parse(text));
    return { version, definition, killed, changedBy, changedAt };
  }
}

const placeOf = (name: string, version: number): string => `${name}/${version}`;
