import { uuidv7 } from '../../../contract/ids';
import { NO_USAGE } from '../../../contract/reply';
import { endedCall, openingEntry, recordedCall } from './recorded-call';

const AT = Date.UTC(2026, 10, 20, 12);
const TENANT = uuidv7(AT);
const KEY = uuidv7(AT + 1);
const CALL = uuidv7(AT + 2);
const OPENING = uuidv7(AT + 3);
const USAGE = {
  input_tokens: 10,
  cache_read_tokens: 20,
  cache_write_tokens: 30,
  output_tokens: 40,
  thinking_tokens: 5,
  estimated: false,
};
const response = (over: object = {}, metadata: object = {}) => ({
  event: 'llm.response',
  entry_id: uuidv7(AT + 900),
  ts: new Date(AT + 900).toISOString(),
  parent: OPENING,
  tenant: TENANT,
  actor: KEY,
  user_id: 's_one',
  session: 'p_two',
  model: 'fast',
  model_resolved: 'openai/gpt-4o-mini',
  provider: 'openai',
  outcome: 'answered',
  ...over,
  metadata: {
    call_id: CALL,
    operation: 'chat',
    provider_request_id: 'req_1',
    attempts: 1,
    usage: USAGE,
    tags: ['b', 'a', 'b'],
    ...metadata,
  },
});

describe('a recorded call', () => {
  it('says when it was asked in a batch', () => {
    const { metadata, ...rest } = response();
    expect(recordedCall(7, { ...rest, metadata: { ...metadata, batch: true } })).toMatchObject({ batch: true });
  });

  it('is read from the entry that says how it ended', () => {
    expect(recordedCall(7, response())).toEqual({
      index: 7,
      callId: CALL,
      at: AT + 2,
      batch: false,
      tenantId: TENANT,
      keyId: KEY,
      userRef: 's_one',
      sessionRef: 'p_two',
      model: 'fast',
      provider: 'openai',
      providerModel: 'gpt-4o-mini',
      providerRequestId: 'req_1',
      operation: 'chat',
      outcome: 'answered',
      asked: true,
      tags: ['a', 'b'],
      usage: {
        inputTokens: 10,
        cacheReadTokens: 20,
        cacheWriteTokens: 30,
        outputTokens: 40,
        thinkingTokens: 5,
        estimated: false,
      },
      wasted: [],
      spared: undefined,
      cache: undefined,
      reused: false,
      latencyMs: undefined,
      firstTokenMs: undefined,
      degraded: undefined,
      flags: [],
      amends: false,
      untold: false,
    });
  });

  it('says how long it took, what stood in, and which flags chose its model', () => {
    const told = {
      latency_ms: 812,
      first_token_ms: 90,
      degraded: 'fallback',
      feature_flags: [
        { flag: 'promotion-fast', decides: 'model', variant: 'candidate', version: 1, reason: 'bucket' },
        { flag: 'gone', decides: 'model', variant: 'x', version: 1, reason: 'bucket', refused: 'unusable' },
        { flag: 'brief', decides: 'prompt', variant: 'on', version: 1, reason: 'bucket' },
        'nonsense',
      ],
    };
    expect(recordedCall(7, response({}, told))).toMatchObject({
      latencyMs: 812,
      firstTokenMs: 90,
      degraded: 'fallback',
      flags: ['promotion-fast=candidate'],
    });
  });

  it('tells which tokens were written to a cache for an hour, for they cost more', () => {
    const usage = { ...USAGE, cache_write_long_tokens: 12 };
    expect(recordedCall(7, response({}, { usage }))?.usage.cacheWriteLongTokens).toBe(12);
  });

  it('tells which tokens images took, for they may have a price of their own', () => {
    const usage = { ...USAGE, image_tokens: 3 };
    expect(recordedCall(7, response({}, { usage }))?.usage.imageTokens).toBe(3);
  });

  it('tells which tries took something for nothing, and of whom those were asked', () => {
    const usage = { ...USAGE, output_tokens: 0 };
    const tried = [
      { provider: 'anthropic', model: 'claude', code: 'provider_failed', usage },
      { provider: 'anthropic', code: 'provider_failed', usage },
      { provider: 'anthropic', model: 'claude', code: 'overloaded' },
      'anything',
      { provider: 'openai', model: 'gpt-4o-mini' },
    ];
    const wasted = [{ target: 'anthropic/claude', usage: { inputTokens: 10, cacheReadTokens: 20, outputTokens: 0 } }];
    expect(recordedCall(7, response({}, { tried }))).toMatchObject({ wasted });
    expect(recordedCall(7, response({}, { tried, cache: 'hit' }))).toMatchObject({ wasted: [] });
  });

  it.each(['hit', 'stale', 'similar', 'coalesced'])(
    'that was a %s used nothing, and spared what somebody else has paid for',
    (cache) => {
      expect(recordedCall(0, response({}, { cache }))).toMatchObject({
        reused: true,
        cache,
        usage: NO_USAGE,
        spared: { outputTokens: 40 },
      });
    },
  );

  it.each(['miss', 'bypass'])('that was a %s used its own', (cache) => {
    expect(recordedCall(0, response({}, { cache }))).toMatchObject({ reused: false });
  });

  it('that was paid for before an older answer stood in has both', () => {
    const saved = { ...USAGE, output_tokens: 900 };
    expect(recordedCall(0, response({}, { cache: 'stale', saved_usage: saved }))).toMatchObject({
      usage: { outputTokens: 40 },
      spared: { outputTokens: 900 },
    });
  });

  it('that was repeated used nothing', () => {
    const repeated = recordedCall(0, response({}, { usage: undefined, repeated: true }));
    expect(repeated).toMatchObject({ usage: NO_USAGE, untold: false, amends: false });
  });

  it('that failed and was paid for all the same has its use', () => {
    expect(recordedCall(0, response({ outcome: 'failed' }))).toMatchObject({
      outcome: 'failed',
      usage: { outputTokens: 40 },
    });
  });

  it('that its caller left is not free when nobody says what it took', () => {
    const left = (metadata: object) => recordedCall(0, response({ outcome: 'abandoned' }, metadata))?.untold;
    expect([left({ usage: undefined }), left({ usage: undefined, attempts: 0 }), left({})]).toEqual([
      true,
      false,
      false,
    ]);
    const refused = [{ provider: 'openai', model: 'm', code: 'rate_limited' }];
    expect(left({ usage: undefined, tried: refused })).toBe(false);
    expect(
      left({ usage: undefined, tried: [...refused, { provider: 'openai', model: 'm', code: 'client_closed' }] }),
    ).toBe(true);
  });

  it('that was neither answered nor tried is no request', () => {
    const asked = (outcome: string, metadata: object) =>
      recordedCall(0, response({ outcome }, { usage: undefined, ...metadata }))?.asked;
    expect(asked('failed', { attempts: 0 })).toBe(false);
    expect(asked('abandoned', { attempts: 0 })).toBe(false);
    expect(asked('answered', { attempts: 0 })).toBe(true);
    expect(asked('failed', { attempts: 1 })).toBe(true);
    expect(asked('failed', { attempts: undefined })).toBe(true);
    expect(asked('failed', { attempts: 0, tried: [{ provider: 'openai', code: 'overloaded' }] })).toBe(true);
    expect(asked('failed', { attempts: 0, batch: true })).toBe(true);
  });

  it('of a process that died is known by the entry that opened it', () => {
    const orphan = {
      event: 'llm.orphan',
      entry_id: uuidv7(AT + 9e6),
      ts: new Date(AT + 9e6).toISOString(),
      parent: OPENING,
      tenant: TENANT,
      actor: KEY,
      model: 'fast',
      outcome: 'unknown',
    };
    const opening = {
      event: 'llm.request',
      metadata: { call_id: CALL, operation: 'chat', prompt_characters: 401, tags: ['x'] },
    };
    expect(openingEntry(orphan)).toBe(OPENING);
    expect(endedCall(orphan, opening)).toBe(CALL);
    expect(recordedCall(3, orphan, opening)).toMatchObject({
      callId: CALL,
      at: AT + 2,
      outcome: 'unknown',
      operation: 'chat',
      tags: ['x'],
      usage: { inputTokens: 101, outputTokens: 0, estimated: true },
      amends: false,
    });
    // its month was dropped
    expect(recordedCall(3, orphan)).toMatchObject({ callId: OPENING, usage: { inputTokens: 0 } });
  });

  it('whose answer was withheld is told of once more, without its use', () => {
    const withheld = {
      ...response({ outcome: 'withheld' }),
      metadata: { call_id: CALL, error_code: 'audit_unavailable' },
    };
    expect(recordedCall(0, withheld)).toMatchObject({ callId: CALL, amends: true, outcome: 'withheld' });
  });

  it('has an id in entries of older releases too, the same in all of them', () => {
    const old = response({}, { call_id: undefined });
    expect(recordedCall(0, old)?.callId).toBe(OPENING);
    expect(recordedCall(0, { ...old, parent: undefined })?.callId).toBe(old.entry_id);
  });

  it('is dated by its entry when its id says anything else', () => {
    expect(recordedCall(0, response({}, { call_id: uuidv7(0).replace(/^./, 'f') }))?.at).toBe(AT + 900);
    expect(recordedCall(0, response({}, { call_id: 'a0000000-0000-4000-8000-000000000000' }))?.at).toBe(AT + 900);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'llm.response'],
    ['another event', response({ event: 'llm.request' })],
    ['a refusal', response({ event: 'llm.refused' })],
    ['no tenant', response({ tenant: 't_1' })],
    ['no time', response({ ts: 'soon' })],
    ['no id', response({ parent: 'x', entry_id: 'y' }, { call_id: 3 })],
  ])('is not %s', (_, header) => {
    expect(recordedCall(0, header)).toBeUndefined();
  });

  it('holds nothing that the database refuses or that a sum cannot take', () => {
    const hostile = response(
      { model: `a\0b\ud800${'x'.repeat(9_999)}`, session: 7, model_resolved: 'else/where' },
      {
        usage: { input_tokens: Number.MAX_SAFE_INTEGER, output_tokens: -1, cache_read_tokens: '9' },
        tags: [1, '', 'ok'],
      },
    );
    const call = recordedCall(0, hostile);
    expect(call).toMatchObject({
      sessionRef: undefined,
      providerModel: undefined,
      tags: ['ok'],
      usage: { inputTokens: 1e12, outputTokens: 0, cacheReadTokens: 0 },
    });
    expect(call?.model).toHaveLength(512);
    expect(call?.model?.startsWith('ab\ufffdx')).toBe(true);
  });
});

describe('the end of a call', () => {
  it.each(['llm.response', 'llm.refused'])('is told by %s', (event) => {
    expect(endedCall(response({ event }))).toBe(CALL);
  });

  it('is not told by its beginning, nor by what is no call', () => {
    expect(endedCall(response({ event: 'llm.request' }))).toBeUndefined();
    expect(endedCall(null)).toBeUndefined();
  });
});
