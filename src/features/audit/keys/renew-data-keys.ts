import { newDataKey } from './data-key-maker';
import { DataKeyRows } from './data-key-rows.store';
import { announce, type RotationWork } from './rotation-work';
import type { Month } from './months';

const BATCH = 500;
const ATTEMPTS = 10;

/**
 * A new data key for every scope that has an older one; entries written from then on use it, older entries keep theirs.
 * @returns how many it could not
 */
export async function renewDataKeys(work: RotationWork, months: readonly Month[]): Promise<number> {
  const { keys, rows, scope, id, expect, renewed } = work;
  const store = new DataKeyRows(keys.database);
  await expect(await rows.countOldDataKeys(scope, months, id));
  for (let idle = 0; idle < ATTEMPTS;) {
    const batch = await rows.oldDataKeys(scope, months, id, BATCH);
    if (!batch.length) break;
    const made = await Promise.all(
      batch.map(async ({ version, ...of }) => {
        const { row, key } = newDataKey(await keys.tenantKeys.current(of.tenant, of.month), of, version + 1);
        key.fill(0);
        return row;
      }),
    );
    const { size } = await store.add(made);
    // a tenant key in memory was replaced
    if (size < made.length) keys.tenantKeys.forget(scope.tenant);
    idle = size ? 0 : idle + 1;
    await renewed(size);
  }
  const { tenant, subject } = scope;
  const change = { only: 'writing', ...(tenant && { tenant }), ...(subject && { subject }) } as const;
  await keys.notices.silent(await announce(keys, change), 5_000);
  return rows.countOldDataKeys(scope, months, id);
}
