import type { CacheIntent, Call } from '../../contract/call';
import type { ChatRequest, ModelRequest } from '../../contract/request';
import { effectivePolicy } from '../../platform/config/effective-policy';
import { Policies } from '../../platform/config/policies';
import { QUESTION } from '../../../test/support/attempt';
import { recallOf } from './recall';

type Layer = Policies['tenants'][string];
const SURE: Partial<ChatRequest> = { temperature: 0 };
const EMBEDDINGS = { ...QUESTION, operation: 'embeddings', input: ['x'] } as unknown as ModelRequest;

function recall(layer: object, intent?: CacheIntent, over: Partial<ChatRequest> = SURE, more: Partial<Call> = {}) {
  const policies = Policies.parse({ tenants: { t: layer as Layer } });
  const policy = effectivePolicy(policies, { tenant: { id: 't', name: 't' } });
  return recallOf(policy, { request: { ...QUESTION, ...over }, ...(intent && { cacheIntent: intent }), ...more });
}
const rungs = (on: string, intent?: CacheIntent) => {
  const { exact, stale, similar, keepSeconds } = recall(
    {
      cache: { exact: on.includes('c') },
      degradation: { stale: on.includes('s'), similar: on.includes('n') },
    },
    intent,
  );
  return `${exact ? 'c' : ''}${stale ? 's' : ''}${similar ? 'n' : ''}${keepSeconds ? '+' : ''}`;
};

describe('recallOf', () => {
  it.each<[string, CacheIntent | undefined, string]>([
    ['', undefined, ''],
    ['c', undefined, 'c+'],
    ['s', undefined, 's+'],
    ['n', undefined, 'n+'],
    ['csn', undefined, 'csn+'],
    ['csn', 'no-store', ''],
    ['csn', 'refresh', '+'],
    ['', 'refresh', ''],
    ['', 'use', ''],
    ['', 'similar', 'n+'],
    ['c', 'similar', 'cn+'],
  ])('of the rungs "%s" and the wish %s is "%s"', (on, intent, expected) => {
    expect(rungs(on, intent)).toBe(expected);
  });

  const tool = { tools: [{ name: 't', schema: {} }], temperature: 0 };
  it.each<[string, object, CacheIntent | undefined, Partial<ChatRequest>, string | undefined]>([
    ['nothing, without a temperature', {}, undefined, {}, 'nondeterministic'],
    ['nothing, with none', {}, undefined, { temperature: 0 }, undefined],
    ['nothing, with a low one', {}, undefined, { temperature: 0.3 }, undefined],
    ['nothing, with a higher one', {}, undefined, { temperature: 0.31 }, 'nondeterministic'],
    ['nothing, for several answers', {}, undefined, { n: 2, temperature: 0 }, 'nondeterministic'],
    ['nothing, with tools', {}, undefined, tool, 'tools'],
    ['use, with tools', {}, 'use', tool, undefined],
    ['use, with a high temperature', {}, 'use', { temperature: 2 }, undefined],
    ['similar, with tools', {}, 'similar', tool, 'tools'],
    ['nothing, always', { nondeterministic: 'always' }, undefined, { ...tool, temperature: 2 }, undefined],
    ['use, never', { nondeterministic: 'never' }, 'use', tool, 'tools'],
    ['nothing, where silence means none', { unsaidTemperature: 0 }, undefined, {}, undefined],
    ['nothing, where more is allowed', { temperatureUpTo: 1 }, undefined, {}, undefined],
    ['use, switched off', { exact: false }, 'use', {}, 'policy'],
  ])('of a call that says %s, tells why', (_what, cache, intent, over, why) => {
    expect(recall({ cache }, intent, over).why).toBe(why);
  });

  it('takes vectors for certain', () => {
    expect(recallOf(recallPolicy(), { request: EMBEDDINGS })).toMatchObject({ exact: true });
  });

  it('keeps what is to be renewed, however it was asked for', () => {
    expect(recall({}, 'refresh', tool)).toMatchObject({
      exact: false,
      why: 'refresh',
      keepSeconds: 86_400,
      many: true,
    });
    expect(recall({}, 'refresh', {}, { revalidates: true }).why).toBe('revalidation');
  });

  it('keeps an answer for as long as anything may give it', () => {
    const cache = { ttlSeconds: 10, swrSeconds: 5 };
    expect(recall({ cache }).keepSeconds).toBe(15);
    expect(recall({ cache, degradation: { stale: true, staleSeconds: 7 } }).keepSeconds).toBe(15);
    expect(recall({ cache, degradation: { stale: true, staleSeconds: 70 } }).keepSeconds).toBe(70);
    expect(recall({ cache, degradation: { stale: true, staleSeconds: 70 } }, undefined, {}).keepSeconds).toBe(70);
  });

  it('understands what the settings were called, whatever the temperature', () => {
    const former = { degradation: { cached: true, freshSeconds: 60 } };
    expect(recall(former, undefined, { temperature: 2 })).toMatchObject({ exact: true, keepSeconds: 60 });
    expect(recall(former, undefined, {})).toMatchObject({ exact: true });
    expect(recall(former, undefined, tool).why).toBe('tools');
    expect(recall({ degradation: { cached: false } }).why).toBe('policy');
  });
});

function recallPolicy() {
  return effectivePolicy(Policies.parse({}), {});
}
