import { anAttempt, policies } from '../../../test/support/attempt';
import type { Attempt } from '../../contract/attempt';
import { GatewayError } from '../../contract/errors';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import type { ConfiguredProvider } from '../../platform/config/config';
import { EventBus } from '../../platform/events/event-bus';
import { Secret } from '../../platform/secrets/secret';
import { KeyPoolInterceptor } from './key-pool.interceptor';
import { KeyPools } from './key-pools';

const end: Piece = { events: [{ type: 'end', usage: NO_USAGE }] };
async function* pieces(): AsyncGenerator<Piece> {
  yield end;
}
const reply = (): Reply => ({ provider: 'p', model: 'm', attempts: 1, dropped: [], pieces: pieces() });
const refused = (providerStatus = 401) =>
  new GatewayError('provider_failed', 'no', { blame: 'key', providerStatus, attempts: 2 });
const failed = new GatewayError('overloaded', 'no', { blame: 'provider', attempts: 3 });

function setUp(keys: number, answers: Readonly<Record<number, GatewayError>> = {}) {
  const provider: ConfiguredProvider = {
    name: 'p',
    type: 'openai',
    baseUrl: 'http://127.0.0.1:9',
    models: [],
    apiKeys: Array.from({ length: keys }, (_, index) => new Secret(`sk-${index}`)),
    connections: 1,
    connectMs: 1,
    totalMs: 1,
  };
  const pools = new KeyPools([provider], new EventBus(), () => 0);
  const asked: Attempt['key'][] = [];
  const interceptor = new KeyPoolInterceptor(pools, policies());
  const ask = (over: Partial<Attempt> = {}) =>
    interceptor.intercept(anAttempt(over), ({ key }) => {
      asked.push(key);
      const failure = answers[key?.index ?? 0];
      return failure ? Promise.reject(failure) : Promise.resolve(reply());
    });
  return { ask, asked, pools };
}

describe('KeyPoolInterceptor', () => {
  it('moves to another key at once, and counts every time the provider was asked', async () => {
    const { ask, asked } = setUp(3, { 0: refused(), 1: refused(402) });
    expect((await ask()).attempts).toBe(5);
    expect(asked).toEqual([
      { index: 0, spare: true },
      { index: 1, spare: true },
      { index: 2, spare: false },
    ]);
  });

  it('asks with each key once, then says what the last one heard', async () => {
    const { ask, asked } = setUp(2, { 0: refused(), 1: refused() });
    await expect(ask()).rejects.toMatchObject({ code: 'provider_failed', facts: { attempts: 4, providerStatus: 401 } });
    expect(asked).toHaveLength(2);
  });

  it('asks nobody while every key rests', async () => {
    const { ask, asked, pools } = setUp(1, { 0: refused() });
    await expect(ask()).rejects.toBeDefined();
    await expect(ask()).rejects.toMatchObject({ code: 'provider_failed', facts: { blame: 'key', retryAfter: 30 } });
    expect(asked).toHaveLength(1);
    expect(pools.states()).toEqual([{ provider: 'p', key: 0, inFlight: 0, restsForMs: 30_000, reason: 'credentials' }]);
  });

  it('leaves faults that are not the key’s to others', async () => {
    const { ask, asked } = setUp(2, { 0: failed });
    await expect(ask()).rejects.toBe(failed);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['the caller is gone', { signal: AbortSignal.abort() }],
    ['there is no time left', { deadlineAt: 0 }],
  ])('tries no other key when %s', async (_, over) => {
    const { ask, asked } = setUp(2, { 0: refused() });
    await expect(ask(over)).rejects.toMatchObject({ code: 'provider_failed' });
    expect(asked).toHaveLength(1);
  });

  it('counts a call as in flight until its reply ends', async () => {
    const { ask, pools } = setUp(1);
    const { pieces: some } = await ask();
    expect(pools.states()).toEqual([{ provider: 'p', key: 0, inFlight: 1 }]);
    for await (const piece of some) expect(piece).toBe(end);
    expect(pools.states()).toEqual([{ provider: 'p', key: 0, inFlight: 0 }]);
  });

  it('chooses nothing for a provider without keys', async () => {
    const { ask, asked, pools } = setUp(0);
    await ask();
    await ask({ candidate: { provider: 'sandbox', model: 'm' } });
    expect([asked, pools.states()]).toEqual([[undefined, undefined], []]);
  });
});
