import { anAttempt, policies } from '../../../test/support/attempt';
import type { Attempt } from '../../contract/attempt';
import { GatewayError } from '../../contract/errors';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import type { ConfiguredProvider } from '../../platform/config/config';
import { EventBus } from '../../platform/events/event-bus';
import { LiveKeys } from '../../platform/secrets/live-keys';
import { LiveSecret } from '../../platform/secrets/live-secret';
import type { Reading } from '../../platform/secrets/secret-backend';
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
  const provider: Extract<ConfiguredProvider, { apiKeys: LiveKeys }> = {
    name: 'p',
    type: 'openai',
    baseUrl: 'http://127.0.0.1:9',
    models: [],
    place: 'external',
    apiKeys: LiveKeys.of(...Array.from({ length: keys }, (_, index) => `sk-${index}`)),
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
  return { ask, asked, pools, provider };
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

  describe('with a key that is kept elsewhere', () => {
    /** The provider takes only `good`; whoever keeps the key says `kept`. */
    function rotating(kept: string, good: string, first = 'sk-1') {
      const state: { kept: string | Promise<string>; good: string; reads: number } = { kept, good, reads: 0 };
      const read = async (): Promise<Reading> => {
        state.reads++;
        return { value: await state.kept, version: `${state.reads}` };
      };
      const secret = new LiveSecret('S', 'vault:x', { value: first, version: '1' }, { read, graceMs: 60_000 });
      const apiKeys = new LiveKeys(secret);
      const { provider } = setUp(1);
      const pools = new KeyPools([{ ...provider, apiKeys }], new EventBus(), () => 0);
      const interceptor = new KeyPoolInterceptor(pools, policies());
      const used: string[] = [];
      const ask = (over: Partial<Attempt> = {}) =>
        interceptor.intercept(anAttempt(over), ({ key }) => {
          const place = key?.index ?? 0;
          const value = (key?.former ? apiKeys.former(place) : apiKeys.at(place))?.reveal() ?? '';
          used.push(value);
          return value.split(' ')[0] === state.good ? Promise.resolve(reply()) : Promise.reject(refused());
        });
      return { state, secret, ask, used };
    }

    it('asks once more with the new key when the provider no longer takes the old one', async () => {
      const { ask, used, state } = rotating('sk-2', 'sk-2');
      expect((await ask()).attempts).toBe(3);
      expect([used, state.reads]).toEqual([['sk-1', 'sk-2'], 1]);
    });

    it('asks its keeper once for many calls', async () => {
      const { ask, used, state } = rotating('sk-2', 'sk-2');
      await Promise.all(Array.from({ length: 20 }, () => ask()));
      expect([state.reads, used.filter((key) => key === 'sk-2')]).toEqual([
        1,
        Array.from({ length: 20 }, () => 'sk-2'),
      ]);
    });

    it('waits for its keeper also with a call that comes while the only key rests', async () => {
      const { ask, used, state } = rotating('sk-2', 'sk-2');
      let answer = (_key: string): void => undefined;
      state.kept = new Promise((resolve) => (answer = resolve));
      const first = ask();
      // by now it was refused, its key rests, and the keeper was asked
      await new Promise((passed) => setTimeout(passed, 10));
      const second = ask();
      await new Promise((passed) => setTimeout(passed, 10));
      answer('sk-2');
      await Promise.all([first, second]);
      expect([used, state.reads]).toEqual([['sk-1', 'sk-2', 'sk-2'], 1]);
    });

    it('says that it was refused when there is no new key, and asks nobody again while the key rests', async () => {
      const { ask, used, state } = rotating('sk-1', 'sk-2');
      await expect(ask()).rejects.toMatchObject({ code: 'provider_failed' });
      await expect(ask()).rejects.toMatchObject({ code: 'provider_failed' });
      expect([used, state.reads]).toEqual([['sk-1'], 1]);
    });

    it('falls back to the former key while the provider does not know the new one yet', async () => {
      const { ask, used, secret } = rotating('sk-2', 'sk-1');
      await secret.refresh();
      await ask();
      await ask();
      expect(used).toEqual(['sk-2', 'sk-1', 'sk-1']);
    });

    it('does not wait for its keeper longer than the call may take', async () => {
      const { ask, state } = rotating('sk-2', 'sk-2');
      let answer: (key: string) => void = () => undefined;
      state.kept = new Promise((done) => (answer = done));
      const began = performance.now();
      await expect(ask({ deadlineAt: began + 100 })).rejects.toMatchObject({ code: 'provider_failed' });
      expect(performance.now() - began).toBeGreaterThan(90);
      const gone = new AbortController();
      const asked = ask({ signal: gone.signal });
      gone.abort();
      await expect(asked).rejects.toMatchObject({ code: 'provider_failed' });
      answer('sk-2');
      await new Promise(setImmediate);
      expect((await ask()).attempts).toBe(1);
      expect(state.reads).toBe(1);
    });
  });
});
