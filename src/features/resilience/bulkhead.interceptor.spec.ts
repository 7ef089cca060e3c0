import { anAttempt, policies } from '../../../test/support/attempt';
import { ManualTimers } from '../../../test/support/manual-timers';
import type { Attempt } from '../../contract/attempt';
import { GatewayError } from '../../contract/errors';
import type { BulkheadRefused } from '../../contract/events';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import { EventBus } from '../../platform/events/event-bus';
import { BulkheadInterceptor } from './bulkhead.interceptor';
import { Bulkheads } from './bulkheads';

const end: Piece = { events: [{ type: 'end', usage: NO_USAGE }] };
async function* pieces(): AsyncGenerator<Piece> {
  yield end;
}

function setUp(document: Parameters<typeof policies>[0]) {
  const timers = new ManualTimers();
  const bulkheads = new Bulkheads(timers);
  const events = new EventBus();
  const refused: BulkheadRefused[] = [];
  events.on('bulkhead.refused', (event) => void refused.push(event));
  const interceptor = new BulkheadInterceptor(policies(document), bulkheads, events);
  const reply = (): Reply => ({ provider: 'p', model: 'm', attempts: 1, dropped: [], pieces: pieces() });
  const ask = (over: Partial<Attempt> = {}, next = () => Promise.resolve(reply())) =>
    interceptor.intercept(anAttempt({ deadlineAt: 60_000, ...over }), next);
  const inUse = () => Object.fromEntries(bulkheads.states().map(({ scope, inUse: used }) => [scope, used]));
  return { timers, bulkheads, refused, ask, inUse };
}
const all = async ({ pieces: some }: Reply): Promise<void> => {
  for await (const piece of some) expect(piece).toBe(end);
};
const one = { concurrency: 1, queue: 0 };
const other = { id: 'u', name: 'other' };

describe('BulkheadInterceptor', () => {
  it('holds a slot of the tenant, the model and the provider until the reply ends', async () => {
    const bulkhead = { concurrency: 5 };
    const { ask, inUse, bulkheads } = setUp({ models: { 'p/m': { bulkhead } }, tenants: { tenant: { bulkhead } } });
    const reply = await ask();
    expect(inUse()).toEqual({ tenant: 1, model: 1, provider: 1 });
    await all(reply);
    expect(bulkheads.states()).toEqual([{ scope: 'provider', name: 'p', inUse: 0, waiting: 0, limit: 2_000 }]);
  });

  it('gives everything back when the provider fails', async () => {
    const { ask, inUse } = setUp({ tenants: { '*': { bulkhead: one } } });
    await expect(ask({}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(inUse()).toEqual({ provider: 0 });
  });

  it('sends a call elsewhere when the provider is full, and gives back what it had got so far', async () => {
    const { ask, inUse, refused } = setUp({
      defaults: { bulkhead: one },
      tenants: { '*': { bulkhead: { concurrency: 9 } } },
    });
    await ask();
    await expect(ask({ tenant: other })).rejects.toMatchObject({
      code: 'overloaded',
      retryAfter: 1,
      facts: { blame: 'provider' },
    });
    expect(inUse()).toEqual({ tenant: 1, provider: 1 });
    expect(refused).toEqual([{ scope: 'provider', name: 'p', reason: 'full' }]);
  });

  it('does not blame others when a tenant has enough calls under way', async () => {
    const { ask, refused } = setUp({ tenants: { tenant: { bulkhead: one } } });
    await ask();
    await expect(ask()).rejects.toMatchObject({
      code: 'concurrency_limited',
      retryAfter: 1,
      facts: { blame: 'caller' },
    });
    expect(refused).toEqual([{ scope: 'tenant', name: 't', reason: 'full' }]);
    await all(await ask({ tenant: other }));
  });

  it('lets a call wait for its turn, as long as the policy and the call allow', async () => {
    const { ask, timers, refused } = setUp({ defaults: { bulkhead: { concurrency: 1, queue: 5, queueMs: 2_500 } } });
    const first = await ask();
    const patient = ask();
    const hasty = ask({ answerBy: 100 });
    timers.advance(100);
    await expect(hasty).rejects.toMatchObject({ code: 'overloaded', retryAfter: 3 });
    await all(first);
    await all(await patient);
    expect(refused).toEqual([{ scope: 'provider', name: 'p', reason: 'late' }]);
  });

  it('says why to whoever hangs up while waiting', async () => {
    const { ask, inUse } = setUp({ defaults: { bulkhead: { concurrency: 1 } } });
    await ask();
    const caller = new AbortController();
    const waiting = ask({ signal: caller.signal });
    const gone = new GatewayError('client_closed', 'gone');
    caller.abort(gone);
    await expect(waiting).rejects.toBe(gone);
    expect(inUse()).toEqual({ provider: 1 });
  });

  it('names the models that callers name only while they are asked', async () => {
    const { ask, bulkheads } = setUp({ models: { 'p/m': { bulkhead: one } } });
    for (let i = 0; i < 100; i++) await all(await ask({ tenant: { id: `t${i}`, name: `n${i}` } }));
    expect(bulkheads.states().map(({ scope }) => scope)).toEqual(['provider']);
  });
});
