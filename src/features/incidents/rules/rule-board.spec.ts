import { Incidents } from '../../../platform/config/incidents';
import { OBSERVERS } from './observations';
import { RuleBoard } from './rule-board';
import { subjectOf } from './subject';

const { rules } = Incidents.parse({
  rules: [
    { name: 'errors', when: { signal: 'error_rate', over: '10s', threshold: 0.5, minCalls: 4 } },
    {
      name: 'mine',
      when: { signal: 'error_rate', scope: 'model', only: ['a/x'], over: '10s', threshold: 0.5, minCalls: 2 },
    },
    { name: 'breaker', when: { signal: 'breaker', over: '10s', threshold: 1 } },
    { name: 'burn', when: { signal: 'budget_burn', over: '1m', threshold: 0.2 } },
  ],
});

describe('RuleBoard', () => {
  const heard = (board: RuleBoard, now: number) => board.hearings(now).map(({ rule, of }) => `${rule.name} ${of}`);
  const attempt = (provider: string, model: string, ok: boolean, code?: 'provider_failed' | 'invalid_request') =>
    OBSERVERS['attempt.finished']({ provider, model, ok, ms: 5, ...(code && { code }) });

  it('measures each rule on each of its things for itself, and dates it from the first failure', () => {
    const board = new RuleBoard(rules);
    const see = (now: number, ...observed: ReturnType<typeof attempt>) =>
      observed.forEach((one) => board.observe(one, now));
    for (let i = 0; i < 4; i++) see(i * 1_000, ...attempt('a', 'x', i % 2 === 0, 'provider_failed'));
    for (let i = 0; i < 9; i++) see(i * 1_000, ...attempt('b', 'y', false, 'invalid_request'));
    expect(heard(board, 4_000)).toEqual(['errors a', 'mine a/x']);
    expect(board.hearings(4_000)[0]).toMatchObject({ value: 0.5, began: 1_000 });
    see(5_000, ...OBSERVERS['breaker.changed']({ provider: 'b', model: 'y', from: 'closed', to: 'open' }));
    see(5_000, ...OBSERVERS['breaker.changed']({ provider: 'b', model: 'y', from: 'open', to: 'half_open' }));
    expect(heard(board, 5_000)).toEqual(['errors a', 'mine a/x', 'breaker b']);
    // whatever is not asked is quiet
    expect(heard(board, 30_000)).toEqual([]);
  });

  it('hears how fast a budget is spent', () => {
    const board = new RuleBoard(rules);
    for (const [at, share] of [
      [0, 0.1],
      [30_000, 0.2],
      [50_000, 0.35],
    ] as const)
      for (const one of OBSERVERS['budget.shares']({ shares: new Map([['t', share]]) })) board.observe(one, at);
    expect(heard(board, 50_000)).toEqual(['burn t']);
    expect(heard(board, 95_000)).toEqual([]);
  });

  it('keeps a bounded number of things for each rule', () => {
    const board = new RuleBoard(rules);
    for (let i = 0; i < 5_000; i++)
      attempt(`p${i}`, 'x', false, 'provider_failed').forEach((one) => board.observe(one, i));
    for (let i = 0; i < 4; i++)
      attempt('p1', 'x', false, 'provider_failed').forEach((one) => board.observe(one, 6_000));
    expect(heard(board, 6_000)).toEqual(['errors p1']);
  });
});

describe('subjectOf', () => {
  it('makes one subject of what belongs together', () => {
    expect(subjectOf('model', 'openai/gpt-4o')).toBe(subjectOf('provider', 'openai'));
    expect(subjectOf('audit', 'checkpoint')).toBe(subjectOf('audit', 'log'));
    expect(subjectOf('tenant', 'a')).not.toBe(subjectOf('tenant', 'b'));
    expect(subjectOf('tenant', 'a')).not.toBe(subjectOf('key', 'a'));
  });
});
