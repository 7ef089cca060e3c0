/** What contract tests do with a store of holds. */
import { uuidv7 } from '../../src/contract/ids';
import type { Budget, Estimate } from '../../src/features/budgets';
import type { Hold, Taken } from '../../src/features/budgets/budget-holds';
import type { StoredHolds } from '../../src/features/budgets/stored-holds.store';

export const fixed = (base: bigint): Estimate => ({ base, perToken: 0n, tokens: 0, elastic: false });
export const take = (store: StoredHolds, budgets: readonly Budget[], estimate: Estimate | bigint, at = Date.now()) =>
  store.take({
    callId: uuidv7(),
    at,
    budgets: budgets.map(({ id }) => id),
    estimate: typeof estimate === 'bigint' ? fixed(estimate) : estimate,
  });
export const held = (taken: Taken): Hold => {
  if (taken.kind !== 'held')
    throw new Error(`refused: ${JSON.stringify(taken, (_, v) => (typeof v === 'bigint' ? `${v}` : v))}`);
  return taken.hold;
};
export const settled = async (store: StoredHolds, hold: Hold, cost: bigint, back = false) => {
  store.settle(hold, cost, back);
  // a take of the same process comes after it
  await store.take({ callId: uuidv7(), at: Date.now(), budgets: [], estimate: fixed(0n) });
};
