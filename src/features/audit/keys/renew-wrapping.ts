import { tenantKeyContext } from './key-names';
import type { RotationWork } from './rotation-work';
import type { TenantKeyRow } from './tenant-key-rows.store';

const BATCH = 100;
/** A process that has not been told of the new key makes keys under the old one until it is started again. */
const PASSES = 10;

/** Wraps every tenant key by the key-encryption key in use. @returns how many it could not */
export async function renewWrapping({ keys: { keks }, rows, scope, expect, renewed }: RotationWork): Promise<number> {
  const use = keks.use.id;
  const again = async (row: TenantKeyRow) => {
    const context = tenantKeyContext(row);
    const key = await keks.unwrap(row.wrapper, row.wrapped as Buffer, context);
    try {
      return { ...row, renewed: await keks.wrap(key, context) };
    } finally {
      key.fill(0);
    }
  };
  await expect(await rows.countByOtherKeks(use, scope));
  for (let pass = 1, done = -1; pass <= PASSES && done; pass++) {
    done = 0;
    for (let after = ''; ;) {
      const batch = await rows.byOtherKeks(use, scope, after, BATCH);
      if (!batch.length) break;
      after = (batch.at(-1) as TenantKeyRow).id;
      const results = await Promise.allSettled(batch.map(again));
      const good = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const changed = good.length ? await rows.replaceWrapping(use, good) : 0;
      done += changed;
      await renewed(changed);
    }
  }
  return rows.countByOtherKeks(use, scope);
}
