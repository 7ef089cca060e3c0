import type { Keks } from './keks';
import type { KeyDatabase } from './key-database.store';
import type { KeyChange, KeyNotices } from './key-notices.store';
import type { RotationRows } from './rotation-rows.store';
import type { RotationScope } from './rotations.store';
import type { TenantKeys } from './tenant-keys';

export interface RotationKeys {
  readonly database: KeyDatabase;
  readonly keks: Keks;
  readonly tenantKeys: TenantKeys;
  readonly notices: KeyNotices;
  /** Drops copies in this process. */
  readonly forget: (change: KeyChange) => void;
}

/** What a rotation works with. */
export interface RotationWork {
  readonly keys: RotationKeys;
  readonly rows: RotationRows;
  readonly scope: RotationScope;
  /** Keys made before this rotation began are to be renewed: when it was interrupted, those it made are not. */
  readonly id: string;
  readonly expect: (total: number) => Promise<void>;
  readonly renewed: (more: number) => Promise<void>;
}

/** Lets no process use copies any more. @returns the notice's number */
export async function announce(keys: RotationKeys, change: KeyChange): Promise<string> {
  const id = await keys.database.transaction(5_000, (query) => keys.notices.announce(query, change));
  keys.forget(change);
  return id;
}
