import { DEFAULTS } from '../../platform/config/policies';
import { CircuitBreaker, type BreakerChange, type CallOutcome } from './circuit-breaker';

const policy = { ...DEFAULTS.breaker, windowMs: 1_000, minimumCalls: 4, slowMs: 50, openMs: 500, probes: 2 };
const LEASE = 10_000;

function setUp(over: Partial<typeof policy> = {}) {
  const time = { now: 5_000 };
  const changes: BreakerChange[] = [];
  const breaker = new CircuitBreaker(
    { ...policy, ...over },
    () => time.now,
    (change) => change && changes.push(change),
  );
  const call = (outcome: CallOutcome, ms = 1) => {
    const ticket = breaker.admit(LEASE);
    if (!ticket) throw new Error('refused');
    time.now += ms;
    if (outcome === 'success') breaker.began(ticket);
    breaker.ended(ticket, outcome);
  };
  const fail = (times = policy.minimumCalls) => {
    for (let i = 0; i < times; i++) call('failure');
  };
  const refused = () => breaker.admit(LEASE) === undefined;
  return { breaker, time, changes, call, fail, refused };
}

describe('CircuitBreaker', () => {
  it('opens at the share of failures, not before the minimum of calls', () => {
    const { breaker, call, changes } = setUp();
    call('success');
    call('failure');
    call('failure');
    expect(breaker.state).toBe('closed');
    call('success');
    expect(breaker.state).toBe('open');
    expect(changes).toEqual([{ from: 'closed', to: 'open', reason: 'failures' }]);
  });

  it('opens when too many calls are slow, though all succeed', () => {
    const { call, changes } = setUp();
    for (let i = 0; i < 4; i++) call('success', 51);
    expect(changes).toEqual([{ from: 'closed', to: 'open', reason: 'slow' }]);
  });

  it('takes a call for slow by when it began, not by when it ended', () => {
    const { breaker, time } = setUp();
    for (let i = 0; i < 8; i++) {
      const ticket = breaker.admit(LEASE);
      if (!ticket) throw new Error('refused');
      breaker.began(ticket);
      time.now += 60;
      breaker.ended(ticket, 'success');
    }
    expect(breaker.counts).toEqual({ calls: 8, failures: 0, slow: 0 });
  });

  it('takes no notice of what says nothing about the provider', () => {
    const { breaker, call } = setUp();
    for (let i = 0; i < 100; i++) call('ignored', 0);
    expect(breaker.counts.calls).toBe(0);
  });

  it('forgets what lies further back than the window', () => {
    const { breaker, call, fail, time } = setUp();
    fail(3);
    time.now += 1_000;
    call('failure');
    expect(breaker.counts).toEqual({ calls: 1, failures: 1, slow: 0 });
  });

  it('lets nobody pass before its time, then one at a time, and closes after enough of them', () => {
    const { breaker, time, changes, fail, refused } = setUp();
    fail();
    time.now += 499;
    expect([refused(), breaker.waitMs]).toEqual([true, 1]);
    time.now += 1;
    for (let i = 0; i < 2; i++) {
      const probe = breaker.admit(LEASE);
      expect([probe !== undefined, refused()]).toEqual([true, true]);
      if (probe) breaker.began(probe);
      if (probe) breaker.ended(probe, 'success');
    }
    expect([breaker.state, refused()]).toEqual(['closed', false]);
    expect(breaker.counts.calls).toBe(0);
    expect(changes.slice(1)).toEqual([
      { from: 'open', to: 'half_open', reason: 'probe' },
      { from: 'half_open', to: 'closed', reason: 'probe' },
    ]);
  });

  it.each([
    ['fails', (call: ReturnType<typeof setUp>['call']) => call('failure')],
    ['is slow', (call: ReturnType<typeof setUp>['call']) => call('success', 51)],
  ])('opens again for the whole time when a probe %s', (_, probe) => {
    const { breaker, call, fail, time } = setUp();
    fail();
    time.now += 500;
    call('success');
    probe(call);
    expect([breaker.state, breaker.waitMs]).toEqual(['open', 500]);
  });

  it('gives the place of a probe back when nothing can be said of it', () => {
    const { breaker, call, fail, time } = setUp();
    fail();
    time.now += 500;
    call('ignored');
    expect([breaker.state, breaker.waitMs]).toEqual(['half_open', 0]);
  });

  it('gives the place of a probe that is never heard of to another; what it says later is of no weight', () => {
    const { breaker, time, fail, refused } = setUp({ probes: 1 });
    fail();
    time.now += 500;
    const lost = breaker.admit(100);
    time.now += 99;
    expect(refused()).toBe(true);
    time.now += 1;
    const probe = breaker.admit(100);
    if (!lost || !probe) throw new Error('refused');
    breaker.began(lost);
    expect(breaker.state).toBe('half_open');
    breaker.began(probe);
    expect(breaker.state).toBe('closed');
  });

  it('counts a probe that breaks after it closed the breaker like any other call', () => {
    const { breaker, time, fail } = setUp({ probes: 1 });
    fail();
    time.now += 500;
    const probe = breaker.admit(LEASE);
    if (!probe) throw new Error('refused');
    breaker.began(probe);
    expect(breaker.state).toBe('closed');
    breaker.ended(probe, 'failure');
    expect(breaker.counts).toEqual({ calls: 1, failures: 1, slow: 0 });
  });

  it('takes no notice of calls of an earlier time', () => {
    const { breaker, call, time, fail } = setUp({ probes: 1 });
    const late = [breaker.admit(LEASE), breaker.admit(LEASE)];
    fail();
    for (const ticket of late.slice(0, 1)) if (ticket) breaker.ended(ticket, 'failure');
    expect(breaker.waitMs).toBe(500);
    time.now += 500;
    call('success');
    for (const ticket of late.slice(1)) if (ticket) breaker.ended(ticket, 'failure');
    expect(breaker.counts.failures).toBe(0);
  });

  it('counts with what it hears from others', () => {
    const { breaker, call, fail } = setUp();
    fail(2);
    breaker.hear({ calls: 100, failures: 0, slow: 0 });
    fail(4);
    expect([breaker.state, breaker.counts.calls]).toEqual(['closed', 106]);
    breaker.hear({ calls: 3, failures: 3, slow: 0 });
    expect(breaker.state).toBe('open');
    expect(() => call('success')).toThrow('refused');
  });

  it('takes over the state of another, which is no news to tell', () => {
    const { breaker, changes, time, refused } = setUp();
    breaker.adopt({ state: 'open', openForMs: 200, successes: 0, probeForMs: 0 });
    expect([breaker.waitMs, breaker.revision]).toEqual([200, 0]);
    breaker.adopt({ state: 'half_open', openForMs: 0, successes: 1, probeForMs: 300 });
    expect(refused()).toBe(true);
    time.now += 300;
    const probe = breaker.admit(LEASE);
    if (probe) breaker.began(probe);
    expect(breaker.state).toBe('closed');
    expect(changes.map(({ reason }) => reason)).toEqual(['replica', 'replica', 'probe']);
  });
});
