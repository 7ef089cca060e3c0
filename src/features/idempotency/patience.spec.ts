import { GatewayError } from '../../contract/errors';
import { Patience } from './patience';

const never = new Promise<never>(() => undefined);

describe('Patience', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('hands on what comes in time, and leaves nothing behind', async () => {
    const { signal } = new AbortController();
    const remove = jest.spyOn(signal, 'removeEventListener');
    const patience = new Patience(performance.now() + 100, signal);
    await expect(patience.within(Promise.resolve(7))).resolves.toBe(7);
    await expect(patience.within(Promise.reject(new Error('theirs')))).rejects.toThrow('theirs');
    expect(jest.getTimerCount()).toBe(0);
    expect(remove).toHaveBeenCalledTimes(2);
    expect(patience.over).toBe(false);
  });

  it('is over at the deadline, and says when to come back', async () => {
    const patience = new Patience(performance.now() + 100, new AbortController().signal);
    const waiting = patience.within(never).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(100);
    expect(await waiting).toMatchObject({ code: 'idempotency_conflict', retryAfter: 1 });
    expect(patience.over).toBe(true);
  });

  it('is over when the caller goes away, before or while waiting', async () => {
    const gone = new GatewayError('client_closed', 'The caller went away');
    const caller = new AbortController();
    const patience = new Patience(performance.now() + 100, caller.signal);
    const waiting = patience.within(never);
    caller.abort(gone);
    await expect(waiting).rejects.toBe(gone);
    await expect(patience.within(never)).rejects.toBe(gone);
    expect(jest.getTimerCount()).toBe(0);
  });
});
