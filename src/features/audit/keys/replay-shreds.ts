import type { KeyErasure } from './key-erasure.store';
import type { Shred, ShredLedger } from './shred-ledger.store';
import { kindOf } from './shred-scope';

interface Parts {
  readonly erasure: KeyErasure;
  readonly ledger: ShredLedger;
}

/** What became of erasures that the log tells of: their orders. */
export interface CaughtUp {
  /** The database had never heard of them: it was restored. They were carried out once more. */
  readonly repeated: readonly string[];
  /** A process died before it noted that they are in the log. They go on as any that was interrupted. */
  readonly found: readonly string[];
}

/** @param told what the log says was destroyed */
export async function catchUp(parts: Parts, told: readonly Shred[]): Promise<CaughtUp> {
  const { ledger } = parts;
  const known = await ledger.states(told.map(({ order }) => order));
  const begun = told.filter(({ order }) => known.get(order) === 'begun');
  for (const { order, entryId, entryIndex } of begun) await ledger.recorded(order, entryId, entryIndex);
  const repeated = await replayShreds(
    parts,
    told.filter(({ order }) => !known.has(order)),
  );
  return { repeated, found: begun.map(({ order }) => order) };
}

/**
 * Destroys once more what a restored copy of the key database has brought back. What this database has carried out or called
 * off is passed over, so that it can be done at every start.
 * @returns the orders that were carried out
 */
export async function replayShreds({ erasure, ledger }: Parts, shreds: readonly Shred[]): Promise<string[]> {
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
