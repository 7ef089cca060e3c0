import { wrapBytes } from '../../../platform/secrets/wrapped-bytes';
import { openDataKey } from './data-key-maker';
import type { DataKeyRow } from './data-key-rows.store';
import { dataKeyContext } from './key-names';
import { announce, type RotationWork } from './rotation-work';
import type { TenantMonth } from './rotation-rows.store';
import type { TenantKey } from './tenant-keys';

const BATCH = 500;
const ATTEMPTS = 20;

/**
 * A new version of every tenant key in the scope; data keys move to it, and the old one is destroyed.
 * @returns how many data keys could not be moved; their old tenant keys stay
 */
export async function renewTenantKeys(work: RotationWork): Promise<number> {
  const months = await work.rows.tenantMonths(work.scope, work.id);
  await work.expect(months.length);
  let leftOver = 0;
  for (const month of months) {
    leftOver += await renewMonth(work, month);
    await work.renewed(1);
  }
  return leftOver;
}

async function renewMonth(work: RotationWork, { tenant, month, version, old }: TenantMonth): Promise<number> {
  const { keys, rows } = work;
  // not when the rotation was interrupted after it
  if (old) await keys.tenantKeys.renew(tenant, month, version + 1);
  // new data keys are made under the new key at once; those made under the old one are moved
  await announce(keys, { only: 'wrapping', tenant });
  const [newest, ...older] = await rows.versions(tenant, month);
  const to = newest === undefined ? undefined : await keys.tenantKeys.find(newest);
  let leftOver = 0;
  // without a newest one the tenant was erased meanwhile
  if (to) for (const from of older) leftOver += await move(work, from, to);
  return leftOver;
}

async function move({ keys, rows }: RotationWork, fromId: string, to: TenantKey): Promise<number> {
  const broken: string[] = [];
  for (let idle = 0; idle < ATTEMPTS;) {
    const from = await keys.tenantKeys.find(fromId);
    if (!from) return 0;
    const batch = await rows.under(fromId, broken, BATCH);
    if (!batch.length) {
      if (broken.length) return broken.length;
      if (await rows.retire(fromId)) {
        keys.tenantKeys.forget(to.tenant, to.month);
        return 0;
      }
    }
    const moved = batch.flatMap((row) => moving(row, from, to) ?? (broken.push(row.id), []));
    idle = moved.length && (await rows.rewrap(fromId, to.id, moved)) ? 0 : idle + 1;
  }
  return (await rows.under(fromId, [], BATCH)).length;
}

/** Undefined: its row was changed by somebody who could not have made it. */
function moving(row: DataKeyRow, from: TenantKey, to: TenantKey): { id: string; wrapped: Buffer } | undefined {
  let key: Buffer;
  try {
    ({ key } = openDataKey(from, row));
  } catch {
    return undefined;
  }
  const wrapped = wrapBytes(to.key, key, dataKeyContext({ ...row, tenantKey: to.id }));
  key.fill(0);
  return { id: row.id, wrapped };
}
