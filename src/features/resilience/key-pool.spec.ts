import fc from 'fast-check';
import { DEFAULTS } from '../../platform/config/policies';
import { GatewayError, type ErrorFacts } from '../../contract/errors';
import type { Quota } from '../../contract/reply';
import { KeyPool, type Loan } from './key-pool';

const policy = { restMs: 1_000, maxRestMs: 10_000 };
const refusal = (providerStatus: number, facts: ErrorFacts = {}) =>
  new GatewayError(providerStatus === 429 ? 'rate_limited' : 'provider_failed', 'no', {
    blame: 'key',
    providerStatus,
    ...facts,
  });

function setUp(size: number) {
  let now = 0;
  const seen: string[] = [];
  const emit = (name: string, event: { key: number; reason?: string; restMs?: number }): void =>
    void seen.push([name, event.key, event.reason, event.restMs].filter((part) => part !== undefined).join(' '));
  const pool = new KeyPool('p', size, { emit }, () => now);
  const borrow = (...asked: number[]): Loan => {
    const loan = pool.borrow(new Set(asked));
    if (!loan) throw new Error('every key rests');
    return loan;
  };
  /** One call of whichever key is chosen. */
  const call = (failure?: GatewayError): number => {
    const loan = borrow();
    if (failure) pool.failed(loan, failure, policy);
    else pool.answered(loan, undefined);
    pool.giveBack(loan);
    return loan.index;
  };
  const rests = () => pool.states().map(({ restsForMs }) => restsForMs);
  return { pool, borrow, call, seen, rests, pass: (ms: number) => void (now += ms) };
}

describe('KeyPool', () => {
  it('gives the key with the fewest calls in flight, and turns among equals', () => {
    const { pool, borrow, call } = setUp(3);
    expect([call(), call(), call(), call()]).toEqual([0, 1, 2, 0]);
    const [one, two] = [borrow(), borrow()];
    expect([one.index, two.index, borrow().index, borrow().index]).toEqual([1, 2, 0, 1]);
    pool.giveBack(two);
    expect(borrow().index).toBe(2);
  });

  it('prefers keys that have more left, and those that have any', () => {
    const { pool, borrow, pass } = setUp(2);
    const learn = (index: number, quota: Quota) => pool.answered({ index, slot: index, spare: true, era: 0 }, quota);
    learn(0, { requests: { remaining: 10 }, tokens: { remaining: 1_000 } });
    learn(1, { requests: { remaining: 30 }, tokens: { remaining: 9_000 } });
    expect(Array.from({ length: 4 }, () => borrow().index)).toEqual([1, 1, 1, 1]);
    const spent = setUp(2);
    spent.pool.answered({ index: 0, slot: 0, spare: true, era: 0 }, { tokens: { remaining: 0, resetMs: 500 } });
    expect([spent.call(), spent.call()]).toEqual([1, 1]);
    spent.pool.answered({ index: 1, slot: 1, spare: true, era: 0 }, { requests: { remaining: 0, resetMs: 900 } });
    expect(spent.call()).toBe(0);
    spent.pass(500);
    expect([spent.call(), spent.call()]).toEqual([0, 0]);
    pass(60_000); // by then what was said is no longer true
    expect(borrow().index).toBe(0);
  });

  it.each([
    [401, 'credentials'],
    [403, 'credentials'],
    [402, 'payment'],
  ])('lets a key that is refused with %i rest, longer each time in a row, and takes it back', (status, reason) => {
    const { call, pass, seen, rests } = setUp(1);
    for (const restMs of [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
      call(refusal(status));
      expect(rests()).toEqual([restMs]);
      pass(restMs);
    }
    call();
    call(refusal(status));
    expect(rests()).toEqual([1_000]);
    expect(seen.slice(0, 3)).toEqual([`key.rested 0 ${reason} 1000`, 'key.returned 0', `key.rested 0 ${reason} 2000`]);
  });

  it('lets a key rest as long as a 429 says, up to the longest rest', () => {
    for (const [facts, restMs] of [
      [{ retryAfter: 2.5 }, 2_500],
      [{}, 1_000],
      [{ retryAfter: 99_999 }, 10_000],
    ] as const) {
      const { call, rests } = setUp(2);
      call(refusal(429, facts));
      expect(rests()).toEqual([restMs, undefined]);
      expect([call(), call()]).toEqual([1, 1]);
    }
  });

  it('keeps the last key through a lone 429', () => {
    const { call, rests } = setUp(2);
    call(refusal(401));
    call(refusal(429));
    call();
    call(refusal(429));
    expect(rests()).toEqual([1_000, undefined]);
    call(refusal(429, { retryAfter: 3 }));
    expect(rests()).toEqual([1_000, 3_000]);
  });

  it('counts what many calls hear at the same time once', () => {
    const { pool, borrow, rests, pass } = setUp(1);
    const loans = Array.from({ length: 20 }, () => borrow());
    for (const loan of loans) expect(pool.failed(loan, refusal(401), policy)).toBe(true);
    expect(rests()).toEqual([1_000]);
    pass(1_000);
    pool.failed(loans[0] as Loan, refusal(401), policy);
    expect(rests()).toEqual([undefined]);
  });

  it('says whether another key could take over', () => {
    const { borrow, call, pass } = setUp(2);
    expect([borrow().spare, borrow(0).spare]).toEqual([true, false]);
    call(refusal(401));
    expect(borrow().spare).toBe(false);
    pass(1_000);
    expect(borrow().spare).toBe(true);
  });

  it('says why nobody is asked while every key rests', () => {
    const refused = setUp(2);
    refused.call(refusal(401));
    refused.pass(400);
    refused.call(refusal(402));
    expect(refused.pool.borrow(new Set())).toBeUndefined();
    expect(refused.pool.refusal()).toMatchObject({
      code: 'provider_failed',
      message: 'The provider refused the gateway’s credentials',
      facts: { blame: 'key', retryAfter: 1 },
    });
    const limited = setUp(2);
    limited.call(refusal(401));
    for (let i = 0; i < 2; i++) limited.call(refusal(429, { retryAfter: 7 }));
    expect(limited.pool.refusal()).toMatchObject({ code: 'rate_limited', facts: { blame: 'key', retryAfter: 7 } });
  });

  it('takes a spent account for what it is', () => {
    const { call, pool } = setUp(2);
    call(refusal(429, { providerCode: 'insufficient_quota', retryAfter: 1 }));
    expect(pool.states()[0]).toMatchObject({ reason: 'payment', restsForMs: 1_000 });
  });

  it.each([
    ['provider_failed', 500, 'provider'],
    ['invalid_request', 400, 'caller'],
    ['rate_limited', undefined, 'caller'],
  ] as const)('does not blame the key for %s %s of the %s', (code, providerStatus, blame) => {
    const { pool, borrow, rests } = setUp(1);
    expect(pool.failed(borrow(), new GatewayError(code, 'no', { providerStatus, blame }), policy)).toBe(false);
    expect(rests()).toEqual([undefined]);
  });

  it('never counts below nothing, and all is given back', () => {
    const outcome = fc.constantFrom('answer', 401, 402, 429, 500, 'keep');
    const script = fc.array(fc.record({ outcome, ms: fc.integer({ min: 0, max: 3_000 }), pick: fc.nat() }), {
      maxLength: 150,
    });
    const check = (size: number, steps: readonly Step[]): void => {
      const { pool, pass } = setUp(size);
      const loans: Loan[] = [];
      for (const { outcome: what, ms, pick } of steps) {
        const loan = pool.borrow(new Set());
        if (loan) loans.push(loan);
        expect(loan !== undefined || Number(pool.refusal().retryAfter) > 0).toBe(true);
        const [chosen] = what === 'keep' ? [] : loans.splice(pick % (loans.length || 1), 1);
        if (chosen) {
          if (typeof what === 'number') pool.failed(chosen, refusal(what), DEFAULTS.keys);
          else pool.answered(chosen, { requests: { remaining: pick % 3, resetMs: ms } });
          pool.giveBack(chosen);
        }
        const inFlight = pool.states().map((state) => state.inFlight);
        expect(Math.min(...inFlight)).toBeGreaterThanOrEqual(0);
        expect(inFlight.reduce((sum, some) => sum + some, 0)).toBe(loans.length);
        pass(ms);
      }
      for (const loan of loans) pool.giveBack(loan);
      expect(pool.states().every(({ inFlight }) => inFlight === 0)).toBe(true);
    };
    fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), script, check));
  });
});

interface Step {
  readonly outcome: string | number;
  readonly ms: number;
  readonly pick: number;
}

describe('KeyPool whose keys are rotated', () => {
  it('uses the new key at once, though the former one rests, and forgets what was known of that one', () => {
    const { pool, borrow, call, rests } = setUp(1);
    const old = borrow();
    call(refusal(401));
    expect([pool.borrow(new Set()), pool.stands(old)]).toEqual([undefined, true]);
    pool.renew(1, [0], 10_000);
    expect([rests(), pool.stands(old), borrow()]).toEqual([
      [undefined],
      false,
      { index: 0, slot: 1, spare: false, era: 0 },
    ]);
    // what is heard late of the former key says nothing of the new one
    pool.failed(old, refusal(401), policy);
    expect(rests()).toEqual([undefined]);
  });

  it('lends the former key while the new one is refused, until its grace is over', () => {
    const { pool, borrow, call, pass, seen } = setUp(1);
    pool.renew(1, [0], 5_000);
    expect(borrow().former).toBeUndefined();
    call(refusal(401));
    expect(borrow()).toMatchObject({ index: 0, former: true });
    pass(1_000);
    expect([borrow().former, seen]).toEqual([undefined, ['key.rested 0 credentials 1000', 'key.returned 0']]);
    call(refusal(401));
    call(refusal(401)); // by now the former one is refused as well
    expect(pool.borrow(new Set())).toBeUndefined();
    pass(4_000);
    call(refusal(401));
    expect([pool.borrow(new Set()), pool.refusal()]).toMatchObject([undefined, { code: 'provider_failed' }]);
  });

  it('lends no former key because the new one is over its limit', () => {
    const { pool, call } = setUp(1);
    pool.renew(1, [0], 5_000);
    call(refusal(429, { retryAfter: 3 }));
    call(refusal(429, { retryAfter: 3 }));
    expect([pool.borrow(new Set()), pool.refusal().code]).toEqual([undefined, 'rate_limited']);
  });

  it('grows and shrinks, and counts what is still under way', () => {
    const { pool, borrow, call } = setUp(2);
    const loans = [borrow(), borrow()];
    pool.renew(3, [2], 0);
    expect(borrow().index).toBe(2);
    pool.renew(1, [], 0);
    expect([call(), call(), pool.states().length]).toEqual([0, 0, 1]);
    for (const loan of loans) pool.giveBack(loan);
    pool.renew(2, [0, 1], 0);
    expect(pool.states().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
    for (let i = 0; i < 1_000; i++) pool.renew(2, [0, 1], 0);
    expect((pool as unknown as { keys: Map<number, unknown> }).keys.size).toBeLessThan(6);
  });
});
