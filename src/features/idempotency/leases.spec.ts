import type { Claim } from './claim';
import { Leases } from './leases';

const claim = (holder: string): Claim => ({
  tenantId: 't',
  key: Buffer.alloc(1),
  body: Buffer.alloc(1),
  holder,
  requestId: 'r',
  receivedAt: 0,
});

describe('Leases', () => {
  const renewed: string[][] = [];
  const renew = jest.fn((claims: readonly Claim[]) => Promise.resolve(void renewed.push(claims.map((c) => c.holder))));
  let leases: Leases;
  beforeEach(() => {
    jest.useFakeTimers();
    renewed.length = 0;
    renew.mockClear();
    leases = new Leases({ leaseMs: 3_000, longestMs: () => 10_000, renew });
  });
  afterEach(() => {
    leases.stop();
    jest.useRealTimers();
  });

  it('renews everything at once, three times to a lease, and only what is held', async () => {
    const [a, b] = [claim('a'), claim('b')];
    leases.hold(a, jest.fn());
    leases.hold(b, jest.fn());
    await jest.advanceTimersByTimeAsync(2_000);
    leases.drop(a);
    await jest.advanceTimersByTimeAsync(1_000);
    leases.drop(b);
    expect(renewed).toEqual([['a', 'b'], ['a', 'b'], ['b']]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('goes on after a beat that failed, and never has two under way', async () => {
    renew.mockRejectedValueOnce(new Error('away'));
    renew.mockReturnValueOnce(new Promise(() => undefined));
    leases.hold(claim('a'), jest.fn());
    await jest.advanceTimersByTimeAsync(5_000);
    expect(renew).toHaveBeenCalledTimes(2);
  });

  it('gives up a claim that was forgotten', async () => {
    const lost = jest.fn();
    leases.hold(claim('a'), lost);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(lost).toHaveBeenCalledTimes(1);
    expect(renewed.length).toBeLessThan(11);
    expect(jest.getTimerCount()).toBe(0);
  });
});
