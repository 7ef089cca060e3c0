import { randomBytes } from 'node:crypto';
import { unwrapBytes, wrapBytes } from '../../../platform/secrets/wrapped-bytes';
import type { DataKey } from './data-keys';
import { type DataKeyRow, type DataKeyRows, type Scope, type ScopeState } from './data-key-rows.store';
import { dataKeyContext, newDataKeyId } from './key-names';
import { keysUnavailable } from './keys-unavailable';
import type { TenantKey, TenantKeys } from './tenant-keys';

/** A key for a scope that is not stored yet. */
interface Draft {
  readonly at: number;
  readonly row: DataKeyRow;
  readonly key: Buffer;
}

const ATTEMPTS = 5;

/** Finds or makes the newest data keys of many scopes, with a fixed number of statements. */
export class DataKeyMaker {
  constructor(
    private readonly rows: DataKeyRows,
    private readonly tenantKeys: TenantKeys,
  ) {}

  /** In the order of the scopes. What fails for one fails for no other. */
  async take(scopes: readonly Scope[]): Promise<(DataKey | Error)[]> {
    const results: (DataKey | Error | undefined)[] = Array.from({ length: scopes.length });
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const open = [...results.keys()].filter((i) => !results[i]);
      if (!open.length) break;
      await this.tryOnce(open, scopes, results);
    }
    return results.map(
      (result) => result ?? keysUnavailable(new Error('a data key changes faster than it can be read')),
    );
  }

  private async tryOnce(
    open: readonly number[],
    scopes: readonly Scope[],
    results: (DataKey | Error | undefined)[],
  ): Promise<void> {
    const states = await this.rows.latest(open.map((i) => scopes[i] as Scope));
    const drafts: Draft[] = [];
    await Promise.all(
      open.map(async (at, i) => {
        try {
          const found = await this.one(at, scopes[at] as Scope, states[i] as ScopeState);
          if (found && 'row' in found) drafts.push(found);
          else results[at] = found;
        } catch (error) {
          results[at] = error instanceof Error ? error : new Error(String(error));
        }
      }),
    );
    if (!drafts.length) return;
    const added = await this.rows.add(drafts.map(({ row }) => row));
    for (const { at, row, key } of drafts)
      if (added.has(row.id)) results[at] = { id: row.id, key };
      // made by somebody else; or its tenant key was replaced or destroyed, which a look at the newest will tell
      else this.tenantKeys.forget(row.tenant, row.month);
  }

  /** The key that is there, or one to be stored; undefined: look again. */
  private async one(at: number, scope: Scope, { row, subject }: ScopeState): Promise<DataKey | Draft | undefined> {
    if (subject === 'unknown') throw new Error('a subject that no reference was made for');
    if (subject === 'erased') return this.bornErased(scope, row);
    if (!row?.wrapped) return this.draft(at, scope, (row?.version ?? 0) + 1);
    const parent = await this.tenantKeys.find(row.tenantKey);
    return parent && openDataKey(parent, row);
  }

  private async draft(at: number, scope: Scope, version: number): Promise<Draft> {
    return { at, ...newDataKey(await this.tenantKeys.current(scope.tenant, scope.month), scope, version) };
  }

  /**
   * For what a call that had begun before the erasure still writes: it can be written, and never be read. Neither the old key
   * comes back, nor does the old name get a new one.
   */
  private async bornErased(scope: Scope, row: DataKeyRow | undefined): Promise<DataKey | undefined> {
    const { id: tenantKey } = await this.tenantKeys.current(scope.tenant, scope.month);
    const name = { ...scope, id: newDataKeyId(), tenantKey, version: (row?.version ?? 0) + 1 };
    return (await this.rows.addDestroyed(name)) ? { id: name.id, key: randomBytes(32) } : undefined;
  }
}

export function newDataKey(parent: TenantKey, scope: Scope, version: number): { row: DataKeyRow; key: Buffer } {
  const key = randomBytes(32);
  const name = { ...scope, id: newDataKeyId(), tenantKey: parent.id, version };
  return { row: { ...name, wrapped: wrapBytes(parent.key, key, dataKeyContext(name)) }, key };
}

/** @throws Error when the row was changed */
export function openDataKey(parent: TenantKey, row: DataKeyRow): DataKey {
  if (!row.wrapped) throw new Error(`${row.id} was destroyed`);
  try {
    return { id: row.id, key: unwrapBytes(parent.key, row.wrapped, dataKeyContext(row)) };
  } catch (cause) {
    throw new Error(`${row.id} was changed in the key database`, { cause });
  }
}
