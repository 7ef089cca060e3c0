import type { KeyErasure } from './key-erasure.store';
import type { Shred, ShredLedger } from './shred-ledger.store';
import { kindOf } from './shred-scope';

/**
 * Destroys once more what a restored copy of the key database has brought back. What this database has carried out or called
 * off is passed over, so that it can be done at every start.
 * @returns the orders that were carried out
 */
export async function replayShreds(
  { erasure, ledger }: { readonly erasure: KeyErasure; readonly ledger: ShredLedger },
  shreds: readonly Shred[],
): Promise<string[]> {
  const settled = await ledger.settled(shreds.map(({ order }) => order));
  const open = shreds.filter(({ order }) => !settled.has(order));
  for (const shred of open) {
    await ledger.adopt(shred);
    // of a tenant only the keys of that time: those made since are of a new beginning
    await erasure.destroy(shred.order, shred.scope, kindOf(shred.scope) === 'subject' ? undefined : shred.tenantKeys);
    await ledger.swept(shred.order, await erasure.sweep(shred.tenantKeys));
  }
  return open.map(({ order }) => order);
}
