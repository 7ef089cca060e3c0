import { SIGNALS } from '../../../platform/config/incidents';
import { OBSERVERS } from './observations';

/** In one line each: signal, of whom, value. */
const said = (heard: readonly { signal: string; of: object; value: number }[]) =>
  heard.map(({ signal, of, value }) => `${signal} ${Object.entries(of).flat().join(' ')} ${value}`);

describe('OBSERVERS', () => {
  it('hears of a provider what it did, and not what callers got wrong', () => {
    const attempt = { provider: 'a', model: 'x', ms: 7 };
    expect(said(OBSERVERS['attempt.finished']({ ...attempt, ok: true }))).toEqual([
      'error_rate provider a model a/x 0',
      'latency provider a model a/x 7',
    ]);
    expect(said(OBSERVERS['attempt.finished']({ ...attempt, ok: false, code: 'deadline_exceeded' }))).toEqual([
      'error_rate provider a model a/x 1',
    ]);
    for (const code of ['invalid_request', 'client_closed', 'prompt_too_large'] as const)
      expect(OBSERVERS['attempt.finished']({ ...attempt, ok: false, code })).toEqual([]);
    const breaker = { provider: 'a', model: 'x', from: 'closed', to: 'open' } as const;
    expect(said(OBSERVERS['breaker.changed'](breaker))).toEqual(['breaker provider a model a/x 1']);
    expect(said(OBSERVERS['fallback.taken']({ from: 'a/x', to: 'b/y', code: 'overloaded' }))).toEqual([
      'fallbacks provider a model a/x 1',
    ]);
  });

  it('hears of the log each trouble for itself', () => {
    expect(said(OBSERVERS['audit.watch']({ what: 'witness', ok: false }))).toEqual(['audit_trouble audit witness 1']);
    expect(said(OBSERVERS['audit.watch']({ what: 'redis', ok: true }))).toEqual(['audit_trouble audit redis 0']);
    expect(said(OBSERVERS['audit.stopped']({ reason: 'x' }))).toEqual(['audit_trouble audit log 1']);
    expect(said(OBSERVERS['audit.lost']({ n: 4 }))).toEqual(['audit_refused audit all 4']);
    expect(said(OBSERVERS['audit.age']({ seconds: 61 }))).toEqual(['checkpoint_age audit all 61']);
  });

  it('hears of budgets, queues, guards, secrets, dependencies and doors', () => {
    expect(said(OBSERVERS['budget.shares']({ shares: new Map([['t', 0.5]]) }))).toEqual([
      'budget_used tenant t 0.5',
      'budget_burn tenant t 0.5',
    ]);
    expect(said(OBSERVERS['job.depth']({ due: 9, scheduled: 1, running: 2 }))).toEqual(['queue_depth queue all 9']);
    expect(said(OBSERVERS['job.finished']({ type: 'completion', status: 'dead' }))).toEqual(['dead_jobs queue all 1']);
    expect(OBSERVERS['job.finished']({ type: 'completion', status: 'failed' })).toEqual([]);
    expect(said(OBSERVERS['guard.checked']({ guard: 'sidecar', ok: false }))).toEqual(['guard_down guard sidecar 1']);
    expect(said(OBSERVERS['secret.unreadable']({ name: 'S', source: 'x', reason: 'y' }))).toEqual([
      'secret_unreadable secret S 1',
    ]);
    expect(said(OBSERVERS['dependency.changed']({ dependency: 'redis', up: true }))).toEqual([
      'dependency_down dependency redis 0',
    ]);
    expect(said(OBSERVERS['access.refused']({ reason: 'forbidden', keyId: 'k' }))).toEqual([
      'access_refused key k gateway all 1',
    ]);
  });

  it('says nothing of a scope that the configuration would not allow', () => {
    const scopes = new Map(Object.entries(SIGNALS).map(([name, { scopes: all }]) => [name, all as readonly string[]]));
    const call = {
      id: 'i',
      requestId: 'r',
      tenantId: 't',
      keyId: 'k',
      dialect: 'internal',
      operation: 'chat',
      stream: false,
      attempts: 0,
      latencyMs: 1,
    } as const;
    const heard = [
      ...OBSERVERS['call.finished']({ ...call, outcome: 'answered' }),
      ...OBSERVERS['call.finished']({ ...call, outcome: 'refused', code: 'prompt_rejected' }),
      ...OBSERVERS['attempt.finished']({ provider: 'a', model: 'x', ok: true, ms: 1 }),
      ...OBSERVERS['access.refused']({ reason: 'unauthenticated' }),
    ];
    for (const { signal, of } of heard) expect(scopes.get(signal)).toEqual(expect.arrayContaining(Object.keys(of)));
  });
});
