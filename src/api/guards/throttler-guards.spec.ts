import 'reflect-metadata';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import { SkipThrottle, Throttle } from '@nestjs/throttler';
import type { GatewayError } from '../../contract/errors';
import { CounterWindows, MemoryCounters, SlidingWindowStorage } from '../../features/limits';
import type { Config } from '../../platform/config/config';
import { Allow, Public } from './access';
import { AddressThrottlerGuard } from './address-throttler.guard';
import { KeyThrottlerGuard } from './key-throttler.guard';

@Allow('client')
class Routes {
  usual(): void {}
  other(): void {}
  @Public()
  open(): void {}
  @SkipThrottle()
  skipped(): void {}
  @Throttle({ default: { limit: 1, ttl: 10_000 } })
  narrow(): void {}
}
type Route = Exclude<keyof Routes, symbol>;

describe('throttler guards', () => {
  const now = 6_000_000;
  const config = (addressRpm: number, keyRpm: number) => ({ limits: { addressRpm, keyRpm } }) as Config;
  const reply = () => {
    const headers: Record<string, unknown> = {};
    const self = { headers, header: (name: string, value: unknown) => ((headers[name] = value), self) };
    return self;
  };
  const context = (request: object, answer: object, route: Route): ExecutionContext =>
    new ExecutionContextHost([request, answer], Routes, Routes.prototype[route]);
  const request = (ip: string, rpm?: number) => ({
    ip,
    headers: {},
    caller: { keyId: `key-of-${ip}`, limits: { rpm } },
  });

  async function guards(addressRpm: number, keyRpm: number) {
    const all = [
      new AddressThrottlerGuard(config(addressRpm, keyRpm), new SlidingWindowStorage(100, () => now), new Reflector()),
      new KeyThrottlerGuard(config(addressRpm, keyRpm), new SlidingWindowStorage(100, () => now), new Reflector()),
    ];
    for (const guard of all) await guard.onModuleInit();
    return async (asking: object, route: Route = 'usual') => {
      const answer = reply();
      for (const guard of all) await guard.canActivate(context(asking, answer, route));
      return answer.headers;
    };
  }

  it('describe the limit that will be met first', async () => {
    const pass = await guards(100, 10);
    expect(await pass(request('1.1.1.1'))).toEqual({
      'ratelimit-limit': 10,
      'ratelimit-remaining': 9,
      'ratelimit-reset': 60,
    });
    expect(await pass(request('1.1.1.1'))).toMatchObject({ 'ratelimit-remaining': 8 });
    const tight = await guards(5, 10);
    expect(await tight(request('1.1.1.1'))).toMatchObject({ 'ratelimit-limit': 5, 'ratelimit-remaining': 4 });
  });

  it("hold a key to its own limit instead of everybody's, over all routes together", async () => {
    const pass = await guards(100, 50);
    await pass(request('1.1.1.1', 2));
    await pass(request('1.1.1.1', 2), 'other');
    await expect(pass(request('1.1.1.1', 2))).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'Rate limit of 2 requests per minute for this key reached',
      retryAfter: 61,
      facts: { details: { scope: 'key', limit: 2, unit: 'requests per minute' } },
    });
    expect(await pass(request('2.2.2.2', 2))).toMatchObject({ 'ratelimit-remaining': 1 });
  });

  it('tell whoever they refuse to come back when it makes sense, not sooner', async () => {
    const counters = new MemoryCounters(100, () => now);
    const key = new KeyThrottlerGuard(config(100, 1), new CounterWindows(counters), new Reflector());
    const address = new AddressThrottlerGuard(
      config(1, 50),
      new SlidingWindowStorage(100, () => now + 30_000),
      new Reflector(),
    );
    for (const guard of [key, address]) {
      await guard.onModuleInit();
      await guard.canActivate(context(request('1.1.1.1'), reply(), 'usual'));
      const answer = reply();
      const refusal: unknown = await guard
        .canActivate(context(request('1.1.1.1'), answer, 'usual'))
        .catch((e: unknown) => e);
      expect(answer.headers['ratelimit-reset']).toBe((refusal as GatewayError).retryAfter);
    }
  });

  it('hold an address to its limit, an IPv6 network as one', async () => {
    const pass = await guards(2, 50);
    await pass(request('2001:db8:1:2::1'));
    await pass(request('2001:db8:1:2:ffff::9'));
    await expect(pass(request('2001:db8:1:2::7'))).rejects.toMatchObject({ code: 'rate_limited' });
    await pass(request('2001:db8:1:3::1'));
  });

  it('leave public routes alone, whoever calls', async () => {
    const pass = await guards(1, 1);
    for (let i = 0; i < 3; i++) expect(await pass({ ip: '1.1.1.1', headers: {} }, 'open')).toEqual({});
  });

  it("obey the library's decorators", async () => {
    const pass = await guards(100, 1);
    for (let i = 0; i < 3; i++) expect(await pass(request('1.1.1.1'), 'skipped')).toEqual({});
    expect(await pass(request('3.3.3.3', 50), 'narrow')).toMatchObject({ 'ratelimit-limit': 1, 'ratelimit-reset': 10 });
    await expect(pass(request('3.3.3.3', 50), 'narrow')).rejects.toThrow('1 requests per 10 seconds');
  });
});
