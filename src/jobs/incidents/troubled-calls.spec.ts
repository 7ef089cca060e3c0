import type { CallFinished } from '../../contract/events';
import { effectOn, troubledCall } from './troubled-calls';

const FINISHED: CallFinished = {
  id: 'i',
  requestId: 'r',
  tenantId: 't',
  keyId: 'k',
  dialect: 'openai-chat',
  operation: 'chat',
  stream: false,
  outcome: 'answered',
  provider: 'b',
  providerModel: 'y',
  preferred: { provider: 'a', model: 'x' },
  usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
  cost: 700n,
  attempts: 1,
  latencyMs: 1,
};
const prices = { cost: (target: string) => (target === 'a/x' ? 500n : undefined) };
const failure = { provider: 'a', model: 'x', code: 'provider_failed', ms: 1 } as const;
const effect = (subject: string, more: Partial<CallFinished>) => {
  const call = troubledCall({ ...FINISHED, ...more }, prices, 0);
  return call && effectOn(subject, call);
};

describe('the effect of an incident on a call', () => {
  it('is none where all went well, or the caller is to blame', () => {
    expect(effect('provider:b', { preferred: { provider: 'b', model: 'y' } })).toBeUndefined();
    expect(effect('provider:b', { outcome: 'refused', code: 'invalid_request' })).toBeUndefined();
    expect(effect('provider:c', {})).toBeUndefined();
  });

  it('is the difference in price where another model answered', () => {
    const stoodIn = { failed: 0, helped: 1, tries: 0, unpriced: 0, cost: 200n };
    expect(effect('provider:a', {})).toEqual(stoodIn);
    expect(effect('provider:a', { tried: [failure, failure] })).toEqual({ ...stoodIn, tries: 2 });
    expect(effect('provider:a', { preferred: { provider: 'a', model: 'unpriced' } })).toMatchObject({ unpriced: 1 });
  });

  it('is what a failed call cost', () => {
    const failed = { outcome: 'failed', code: 'provider_failed', provider: 'a', tried: [failure] } as const;
    expect(effect('provider:a', failed)).toEqual({ failed: 1, helped: 0, tries: 1, unpriced: 0, cost: 700n });
    // nobody was asked: the breaker was open
    const { cost: _, ...free } = { ...FINISHED, outcome: 'failed', code: 'circuit_open', provider: 'a' } as const;
    expect(effectOn('provider:a', troubledCall(free, prices, 0)!)).toEqual({
      failed: 1,
      helped: 0,
      tries: 0,
      unpriced: 0,
      cost: 0n,
    });
  });

  it('is, of other incidents, that a call of theirs failed', () => {
    const failed = { outcome: 'failed', code: 'audit_unavailable' } as const;
    const all = ['audit', 'gateway', 'tenant:t', 'key:k', 'dependency:postgresql', 'tenant:other', 'queue', 'guard:x'];
    expect(all.map((subject) => effect(subject, failed)?.failed)).toEqual([
      1,
      1,
      1,
      1,
      1,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
