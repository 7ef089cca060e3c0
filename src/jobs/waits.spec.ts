import { GatewayError } from '../contract/errors';
import { JobStopped } from './job-stopped';
import { backOff, mayPass, onceKept, patiently } from './waits';

const limited = () => new GatewayError('rate_limited', 'later', { retryAfter: 0.01 });
const never = new AbortController().signal;

describe('another try', () => {
  it.each([
    [new GatewayError('provider_failed', 'x'), true],
    [new GatewayError('storage_unavailable', 'x'), true],
    [new GatewayError('deadline_exceeded', 'x'), true],
    [new GatewayError('internal', 'x'), true],
    [new GatewayError('idempotency_conflict', 'is being answered', { retryAfter: 1 }), true],
    [new GatewayError('idempotency_conflict', 'another body'), false],
    [new GatewayError('provider_failed', 'x', { status: 422 }), false],
    [new GatewayError('invalid_request', 'x'), false],
    [new GatewayError('budget_exhausted', 'x'), false],
    [new GatewayError('budget_exhausted', 'x', { roomAt: new Date() }), true],
    [new GatewayError('forbidden', 'x'), false],
  ])('makes sense or not after %s', (error, sense) => {
    expect(mayPass(error)).toBe(sense);
  });

  it('waits twice as long each time, up to the longest wait', () => {
    for (const [failures, ms] of [
      [0, 100],
      [1, 200],
      [3, 800],
      [20, 1_000],
      [5_000, 1_000],
    ] as const) {
      const wait = backOff(failures, { backoffMs: 100, maxBackoffMs: 1_000 });
      expect([wait >= ms * 0.75, wait <= ms * 1.25]).toEqual([true, true]);
    }
  });
});

describe('patience', () => {
  it('waits for limits and for nothing else', async () => {
    let tries = 0;
    const work = () => (++tries < 3 ? Promise.reject(limited()) : Promise.resolve('done'));
    expect(await patiently(work, never, 10_000)).toBe('done');
    await expect(patiently(() => Promise.reject(new Error('broken')), never, 10_000)).rejects.toThrow('broken');
  });

  it('overlooks as many failures as it is told to, of those that may pass', async () => {
    const failing = (count: number, code: 'provider_failed' | 'invalid_request') => {
      let tries = 0;
      return () =>
        ++tries <= count ? Promise.reject(new GatewayError(code, 'no', { retryAfter: 0 })) : Promise.resolve(tries);
    };
    expect(await patiently(failing(2, 'provider_failed'), never, 10_000, 2)).toBe(3);
    await expect(patiently(failing(2, 'provider_failed'), never, 10_000, 1)).rejects.toThrow('no');
    await expect(patiently(failing(1, 'provider_failed'), never, 10_000)).rejects.toThrow('no');
    await expect(patiently(failing(1, 'invalid_request'), never, 10_000, 2)).rejects.toThrow('no');
  });

  it('ends when it has lasted for long enough, or when the work stops', async () => {
    await expect(patiently(() => Promise.reject(limited()), never, 100)).rejects.toThrow('later');
    const stop = new AbortController();
    const waiting = patiently(() => Promise.reject(limited()), stop.signal, 10_000);
    stop.abort(new JobStopped('handed-back'));
    await expect(waiting).rejects.toMatchObject({ why: 'handed-back' });
  });

  it('writes down what it has until that is kept', async () => {
    let tries = 0;
    const away = () => new GatewayError('storage_unavailable', 'away');
    const work = () => (++tries < 2 ? Promise.reject(away()) : Promise.resolve(true));
    expect(await onceKept(work, never, 5_000)).toBe(true);
    await expect(onceKept(() => Promise.reject(limited()), never, 5_000)).rejects.toThrow('later');
    await expect(onceKept(() => Promise.reject(away()), never, -1)).rejects.toThrow('away');
  });
});
