import { RetentionWork } from './retention-work.service';
import type { RetentionPlan } from './retention-plan';
import type { RetentionPlansStore } from './retention-plans.store';

it('goes on with what was approved after a month that cannot be dropped, and names that', async () => {
  const plan = (month: string, more: object = {}) =>
    ({ id: month, month, approvedBy: 'somebody', droppedAt: null, ...more }) as unknown as RetentionPlan;
  const all = () =>
    Promise.resolve([
      plan('2025-01'),
      plan('2025-02', { droppedAt: new Date() }),
      plan('2025-03', { approvedBy: null }),
      plan('2025-04'),
    ]);
  const none = undefined as never;
  const work = new RetentionWork({ all } as unknown as RetentionPlansStore, none, none, none, none, none, none);
  const begun: string[] = [];
  jest.spyOn(work, 'carryOut').mockImplementation((id) => {
    begun.push(id);
    return id === '2025-01' ? Promise.reject(new Error('a legal hold forbids it')) : Promise.resolve();
  });
  await expect(work.resume()).rejects.toThrow(/^2025-01: a legal hold forbids it$/);
  expect(begun).toEqual(['2025-01', '2025-04']);
});
