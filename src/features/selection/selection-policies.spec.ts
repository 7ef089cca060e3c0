import type { z } from 'zod';
import { Selection } from '../../platform/config/selection';
import { SelectionPolicies, type TaskOf } from './selection-policies';

const policyOf = (document: z.input<typeof Selection>, call: Partial<TaskOf> = {}) =>
  new SelectionPolicies(Selection.parse(document)).of({
    tenant: { id: 't-1', name: 'Acme' },
    tags: [],
    operation: 'chat',
    ...call,
  });

describe('SelectionPolicies', () => {
  it('does nothing to a call unless it is told to', () => {
    expect(policyOf({})).toMatchObject({ assess: false, trims: false, rightSize: false });
    expect(policyOf({}).task).toBeUndefined();
  });

  it.each<[string, Partial<TaskOf>, string | undefined]>([
    ['by tag', { tags: ['other', 'review'] }, 'reviews'],
    ['by the name of the tenant, in any case', { tenant: { id: 'x', name: 'CLINIC' } }, 'clinic'],
    ['by its id', { tenant: { id: 't-9', name: 'x' } }, 'clinic'],
    ['by operation', { operation: 'count_tokens' }, 'counting'],
    ['not by a part of a name', { tags: ['reviews'], tenant: { id: 't', name: 'clin' } }, undefined],
  ])('finds the task of a call: %s', (_how, call, expected) => {
    const tasks = [
      { name: 'reviews', tags: ['review'] },
      { name: 'clinic', tenants: ['Clinic', 't-9'] },
      { name: 'counting', operations: ['count_tokens' as const] },
    ];
    expect(policyOf({ tasks }, call).task).toBe(expected);
  });

  it('asks for all that a task names, not for one of it', () => {
    const tasks = [{ name: 'a', tags: ['x'], tenants: ['Acme'] }];
    expect(policyOf({ tasks }, { tags: ['x'] }).task).toBe('a');
    expect(policyOf({ tasks }, { tags: ['y'] }).task).toBeUndefined();
    expect(policyOf({ tasks }, { tags: ['x'], tenant: { id: 't', name: 'other' } }).task).toBeUndefined();
  });

  it('lays tasks over the policy field by field, the later the stronger', () => {
    const policy = policyOf({
      assess: true,
      trim: { whitespace: true, turns: 9 },
      tasks: [
        { name: 'a', level: 'low', levels: { high: 'balanced' }, trim: { turns: 3 } },
        { name: 'b', rightSize: true, levels: { low: 'tiny' } },
      ],
    });
    expect(policy).toMatchObject({
      assess: true,
      rightSize: true,
      task: 'b',
      fixed: { level: 'low', task: 'a' },
      levels: { low: 'tiny', medium: 'balanced', high: 'balanced' },
      trim: { whitespace: true, turns: 3, duplicates: false },
      trims: true,
    });
    expect(Object.fromEntries(policy.tiers)).toEqual({ fast: 'low', balanced: 'high', best: 'high', tiny: 'low' });
  });
});
