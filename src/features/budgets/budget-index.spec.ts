import type { Budget, ScopeKind } from './budget';
import { BudgetIndex } from './budget-index';

const budget = (id: string, scope: ScopeKind, name: string, tenantId = 't1'): Budget => ({
  id,
  tenantId,
  scope,
  name,
  period: 'month',
  limit: 1n,
  hard: true,
  action: { kind: 'block' },
  soft: [],
  createdAt: new Date(0),
  createdBy: 'k0',
});

describe('BudgetIndex', () => {
  const index = new BudgetIndex();
  index.learn([
    budget('all', 'tenant', ''),
    budget('key', 'key', 'k1'),
    budget('ada', 'user', 's_ada'),
    budget('blue', 'tag', 'blue'),
    budget('blue too', 'tag', 'blue'),
    budget('other', 'tenant', '', 't2'),
  ]);
  const of = (...scope: Parameters<BudgetIndex['of']>) => index.of(...scope).map(({ id }) => id);

  it('finds every budget of a call and none of another tenant', () => {
    expect(of({ tenantId: 't1', keyId: 'k2' })).toEqual(['all']);
    expect(of({ tenantId: 't1', keyId: 'k1', userRef: 's_ada', tags: ['blue', 'red', 'blue'] })).toEqual([
      'all',
      'key',
      'ada',
      'blue',
      'blue too',
    ]);
    expect(of({ tenantId: 't2', keyId: 'k1', userRef: 's_ada', tags: ['blue'] })).toEqual(['other']);
    expect(of({ tenantId: 't3', keyId: 'k1' })).toEqual([]);
  });

  it('does not take a tag for a key', () => expect(of({ tenantId: 't1', keyId: 'x', tags: ['k1'] })).toEqual(['all']));

  it('knows whether persons matter, and forgets what it is not told again', () => {
    expect([index.asksForUsers('t1'), index.asksForUsers('t2'), index.asksForUsers('t3')]).toEqual([
      true,
      false,
      false,
    ]);
    const other = new BudgetIndex();
    other.learn([budget('all', 'tenant', '')]);
    other.learn([]);
    expect(other.of({ tenantId: 't1', keyId: 'k' })).toEqual([]);
  });
});
