import { exhaustedBudget } from './exhausted-budget';

const NOON = new Date('2026-11-30T12:00:00Z');
const MIDNIGHT = new Date('2026-12-01T00:00:00Z');
const budget = { scope: 'tenant', period: 'day', action: { kind: 'queue' } } as const;
const shortage = { budgetId: 'b', limit: 100n, spent: 50n, held: 0n, asked: 90n, starts: NOON, ends: MIDNIGHT };

describe('the refusal of a call that does not fit', () => {
  it('says when its budget may have room, where the call may wait for that', () => {
    const refusal = exhaustedBudget(shortage, budget);
    expect(refusal.facts.roomAt).toEqual(MIDNIGHT);
    expect(refusal.message).toMatch(/The window ends 2026-12-01T00:00:00\.000Z\.$/);
  });

  it('has nobody wait with what is more than the whole limit', () => {
    const refusal = exhaustedBudget({ ...shortage, spent: 0n, asked: 101n }, budget);
    expect(refusal.facts.roomAt).toBeUndefined();
    expect(refusal.message).toMatch(/could cost 0\.\d+, more than the whole limit: it never fits\. The window ends/);
  });
});
