import type { z } from 'zod';
import type { Candidate, RoutedCall, SelectedCall } from '../contract/call';
import type { Caller } from '../contract/caller';
import { GatewayError } from '../contract/errors';
import type { InBatch } from '../contract/in-batch';
import type { Reply } from '../contract/reply';
import { ModelRegistry } from '../features/models';
import { Withdrawals } from '../features/withdrawals';
import { Latencies } from '../features/resilience';
import { EventBus } from '../platform/events/event-bus';
import type { ConfiguredProvider } from '../platform/config/config';
import { Models } from '../platform/config/models';
import type { Policies } from '../platform/config/policies';
import { Prices } from '../platform/config/prices';
import { LiveKeys } from '../platform/secrets/live-keys';
import { policies, QUESTION } from '../../test/support/attempt';
import { RouteStage } from './route.stage';

const provider = (name: string): ConfiguredProvider => ({
  name,
  type: 'local',
  models: [],
  place: 'external',
  baseUrl: 'http://127.0.0.1',
  apiKeys: LiveKeys.of(),
  connections: 1,
  connectMs: 500,
  totalMs: 10_000,
});
const models = Models.parse({ aliases: { pair: ['a/1', 'b/1'] }, models: {} });
const price = (rate: number) => ({ input: rate, output: rate });
const { prices } = Prices.parse({ prices: { 'a/1': price(9), 'b/1': price(1), 'c/1': price(0) } });
const registry = new ModelRegistry({ providers: ['a', 'b', 'c'].map(provider), models, prices });

type Fallback = NonNullable<NonNullable<z.input<typeof Policies>['defaults']>['fallback']>;

interface Circumstances {
  readonly allowed?: string[];
  readonly latencies?: Latencies;
  readonly barred?: string[];
  readonly decided?: Candidate[];
  readonly withdrawn?: string[];
  readonly inBatch?: Partial<InBatch>;
}

/** The models that may answer `model` for a key that may use `allowed`. */
async function candidatesOf(
  model: string,
  fallback: Fallback = {},
  { allowed = [], latencies = new Latencies(), barred = [], decided = [], withdrawn = [], inBatch }: Circumstances = {},
): Promise<readonly Candidate[]> {
  const withdrawals = new Withdrawals();
  withdrawals.learn(withdrawn.map((target) => ({ target, place: 'last' as const, cause: 'i', since: new Date() })));
  const stage = new RouteStage(registry, policies({ defaults: { fallback } }), latencies, withdrawals, new EventBus());
  const caller: Partial<Caller> = { tenantId: 't', tenantName: 'tenant', models: allowed };
  const outgoing = {
    barred: (name: string) =>
      barred.includes(name) ? new GatewayError('prompt_rejected', `not to ${name}`) : undefined,
  };
  const flags = { modelsFor: () => Promise.resolve(decided) };
  const call = { request: { ...QUESTION, model }, caller, record: { note: () => undefined }, outgoing, flags, inBatch };
  let found: readonly Candidate[] = [];
  const next = ({ candidates }: RoutedCall) => {
    found = candidates;
    return Promise.resolve({} as Reply);
  };
  await stage.wrap(next)(call as unknown as SelectedCall);
  return found;
}

async function route(...asked: Parameters<typeof candidatesOf>): Promise<string> {
  return (await candidatesOf(...asked)).map(({ provider: name, model: bare }) => `${name}/${bare}`).join(' ');
}

describe('RouteStage', () => {
  it('lines up the models of an alias, then those the operator lists, each once and only where they are configured', async () => {
    expect(await route('pair')).toBe('a/1 b/1');
    expect(await route('pair', { to: ['b/1', 'nobody/1', 'c/1'] })).toBe('a/1 b/1 c/1');
    expect(await route('a/1', { to: ['c/1'] })).toBe('a/1 c/1');
  });

  it('leaves out who may not be sent what the call holds, and says why when nobody may', async () => {
    expect(await route('pair', { to: ['c/1'] }, { barred: ['a', 'c'] })).toBe('b/1');
    await expect(route('pair', {}, { barred: ['a', 'b'] })).rejects.toMatchObject({ code: 'prompt_rejected' });
  });

  it('has no stand-in where the policy allows none', async () => {
    expect(await route('pair', { enabled: false, to: ['c/1'] })).toBe('a/1');
  });

  it('puts what an incident withdrew behind all others, also where there is no stand-in', async () => {
    expect(await route('pair', { to: ['c/1'] }, { withdrawn: ['a/*'] })).toBe('b/1 c/1 a/1');
    expect(await route('pair', { enabled: false }, { withdrawn: ['a/*'] })).toBe('b/1');
    expect(await route('a/1', { enabled: false }, { withdrawn: ['a/*'] })).toBe('a/1');
  });

  it('puts the cheapest first, but never before the one that the caller named', async () => {
    expect(await route('pair', { order: 'cost', to: ['c/1'] })).toBe('c/1 b/1 a/1');
    expect(await route('a/1', { order: 'cost', to: ['b/1', 'c/1'] })).toBe('a/1 c/1 b/1');
  });

  it('puts the quickest first, as far as it is known', async () => {
    const latencies = new Latencies();
    expect(await route('pair', { order: 'latency' }, { latencies })).toBe('a/1 b/1');
    latencies.observe({ provider: 'a', model: '1' }, false, 900);
    latencies.observe({ provider: 'b', model: '1' }, false, 100);
    expect(await route('pair', { order: 'latency' }, { latencies })).toBe('b/1 a/1');
  });

  it('lets a key for an alias use what stands behind it, and what the operator lists only under its own name', async () => {
    const to = ['c/1'];
    expect(await route('pair', { to }, { allowed: ['pair'] })).toBe('a/1 b/1');
    expect(await route('pair', { to }, { allowed: ['pair', 'c/*'] })).toBe('a/1 b/1 c/1');
    expect(await route('pair', { to }, { allowed: ['b/*'] })).toBe('b/1');
    await expect(route('pair', { to }, { allowed: ['c/*'] })).rejects.toMatchObject({ code: 'model_not_allowed' });
  });

  it('knows on both ways of a batch whether the caller named the model', async () => {
    const target = { provider: 'a', model: '1' };
    for (const way of ['out', 'back'] as const) {
      expect(await candidatesOf('a/1', {}, { inBatch: { way, target } })).toMatchObject([{ ...target, named: true }]);
      expect((await candidatesOf('pair', {}, { inBatch: { way, target } }))[0]?.named).toBeUndefined();
    }
  });

  it('puts what a flag decides before all others, whatever the order, and lets a key for the alias use it', async () => {
    const decided = [{ provider: 'c', model: '2' }];
    expect(await route('pair', {}, { decided })).toBe('c/2 a/1 b/1');
    expect(await route('pair', { order: 'cost' }, { decided })).toBe('c/2 b/1 a/1');
    expect(await route('pair', {}, { decided, allowed: ['pair'] })).toBe('c/2 a/1 b/1');
    expect(await route('pair', {}, { decided, allowed: ['b/*'] })).toBe('b/1');
    expect(await route('pair', {}, { decided: [{ provider: 'b', model: '1' }] })).toBe('b/1 a/1');
  });
});
