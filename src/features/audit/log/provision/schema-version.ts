import { PROJECTION_TABLES_1 } from './projection-tables-sql';
import { TABLES_1 } from './tables-sql';

export interface SchemaVersion {
  readonly version: number;
  /** What it does to tables; functions, guards and rights are not in it: they are made anew each time. */
  readonly sql: string;
}

/** Never edited once released: what follows is added below, with an empty `sql` when only functions, guards or rights changed. */
export const VERSIONS: readonly SchemaVersion[] = [{ version: 1, sql: TABLES_1 + PROJECTION_TABLES_1 }];

export const SCHEMA_VERSION = newest(VERSIONS);

export function newest(versions: readonly SchemaVersion[]): number {
  return versions.at(-1)?.version ?? 0;
}

/** The version is also the comment of the schema, which everybody can read. */
export const schemaComment = (version: number): string => `gatehouse audit log, version ${version}`;

export function versionOf(comment: string | null | undefined): number | undefined {
  const version = /^gatehouse audit log, version (\d+)$/.exec(comment ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
}
