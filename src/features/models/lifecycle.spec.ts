import { lifecycleOf, lifecycleWarning, retirementWarnings, statusAt } from './lifecycle';

const NOW = Date.UTC(2026, 6, 1);
const at = (deprecatedAt?: string, retiresAt?: string) => lifecycleOf({ deprecatedAt, retiresAt });

describe('the end of a model', () => {
  it.each([
    ['active', undefined, undefined],
    ['active', '2026-08-01', '2026-09-01'],
    ['deprecated', '2026-07-01', undefined],
    ['deprecated', undefined, '2026-09-01'],
    ['retired', '2026-01-01', '2026-07-01'],
  ])('is %s, deprecated %s, retired %s', (status, deprecatedAt, retiresAt) =>
    expect(statusAt(at(deprecatedAt, retiresAt), NOW)).toBe(status),
  );

  it('is told in a sentence', () => {
    const told = (deprecatedAt?: string, retiresAt?: string, replacement?: string) =>
      lifecycleWarning('a/1', { ...at(deprecatedAt, retiresAt)!, replacement }, NOW);
    expect(told('2026-01-01')).toBe('a/1 is deprecated since 2026-01-01');
    expect(told('2026-01-01', '2026-09-01', 'fast')).toBe(
      'a/1 is deprecated since 2026-01-01 and retires on 2026-09-01: use fast',
    );
    expect(told(undefined, '2026-06-01')).toBe('a/1 is retired since 2026-06-01');
  });

  it('is told of beforehand, with the aliases it concerns, and of versions too', () => {
    const models = {
      'a/soon': { operations: ['chat' as const], retiresAt: '2026-07-20', replacement: 'a/new' },
      'a/late': { operations: ['chat' as const], retiresAt: '2026-09-20' },
      'a/dated': { operations: ['chat' as const], versions: { v1: { retiresAt: '2026-06-01' } } },
    };
    expect(retirementWarnings({ aliases: { fast: ['a/soon'] }, models }, 30, NOW)).toEqual([
      'a/soon is deprecated and retires on 2026-07-20: use a/new (fast may stand for it)',
      'a/dated@v1 is retired since 2026-06-01',
    ]);
  });
});
