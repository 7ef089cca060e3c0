import type { Call, CallFacts, Tried } from '../contract/call';
import type { CallFinished } from '../contract/events';
import { callMetadata, repairMetadata } from './call-facts';
import { unknownModels } from './tries';

const finished = { attempts: 1, latencyMs: 12.6, outcome: 'answered' } as CallFinished;
const call = { id: 'c', request: { operation: 'chat', stream: false }, wire: { dialect: 'openai-chat' } } as Call;
const size = { messages: 1, characters: 5, historyCharacters: 0 };
const endOf = (facts: Partial<CallFacts>, end = finished) => callMetadata(call, size, facts, end);
const triedIn = (tried?: readonly Tried[]) => endOf({ ...(tried && { tried }) })['tried'];
const answered: Tried = { provider: 'p', model: 'm', key: 1, ms: 12.6 };
const busy: Tried = { ...answered, code: 'overloaded' };
const unknown: Tried = { provider: 'q', model: 'ada@example.org', code: 'model_not_found', ms: 1 };

describe('what a header says of tries', () => {
  it('is nothing when nothing was tried, or the first try succeeded', () => {
    expect(triedIn()).toBeUndefined();
    expect(triedIn([])).toBeUndefined();
    expect(triedIn([answered])).toBeUndefined();
  });

  it('tells every other course, in whole milliseconds', () => {
    expect(triedIn([busy])).toEqual([{ ...busy, ms: 13 }]);
    expect(triedIn([busy, answered])).toMatchObject([
      { ...busy, ms: 13 },
      { ...answered, ms: 13 },
    ]);
  });

  it('is bounded', () => {
    expect(triedIn(Array.from({ length: 50 }, () => busy))).toHaveLength(20);
  });

  it('does not tell a name that a provider did not know', () => {
    expect(triedIn([unknown, answered])).toMatchObject([{ provider: 'q', code: 'model_not_found' }, { model: 'm' }]);
    expect(JSON.stringify(triedIn([unknown, answered]))).not.toContain('ada');
    expect(unknownModels([unknown, answered])).toEqual(['ada@example.org']);
  });
});

it('holds nothing that a header cannot: whole numbers only, and none below zero', () => {
  const usage = { inputTokens: 1.5, cacheReadTokens: -1, cacheWriteTokens: Infinity, outputTokens: 2 ** 60 };
  expect(endOf({}, { ...finished, usage })).toMatchObject({
    latency_ms: 13,
    usage: { input_tokens: 1, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 2 ** 53 - 1 },
  });
});

describe('metadata', () => {
  const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 2 };
  const facts: Partial<CallFacts> = {
    model: 'm',
    providerModel: 'm',
    reportedModel: 'm-2026',
    cache: 'similar',
    likeness: { similarity: 0.9871, by: 'lexical', requestId: 'r' },
    deprecation: {
      model: 'p/m',
      status: 'deprecated',
      warning: 'w',
      deprecatedAt: 0,
      retiresAt: undefined,
      replacement: 'n',
    },
    inspection: {
      guards: ['pii'],
      found: { output: { EMAIL: 1 }, input: { PHONE: 2, EMAIL: 1 } },
      flags: [],
      injection: { score: 0.514, rules: ['r'], rulesVersion: 'v' },
      restored: { values: 1, misses: 0 },
      policy: {},
    },
    selection: { level: 'low', by: 'assessed', reasons: ['short'], asked: 'auto', chosen: 'fast' },
    trimmed: { tokens: 3.7, turns: 1, duplicates: 0 },
    sized: { sent: 10, asked: 20 },
    saved: [{ by: 'trimming', tokens: 3, picos: 5n }],
    savedUsage: { ...usage, imageTokens: 1, cacheWriteTokens: 1, cacheWriteLongTokens: 1 },
    featureFlags: [{ flag: 'f', decides: 'model', variant: 'on', version: 1, reason: 'target', refused: 'unusable' }],
    dropped: ['seed'],
    tried: [busy, answered],
    budget: { maxTokens: 9 },
  };
  const whole = endOf(facts, {
    ...finished,
    usage,
    firstTokenMs: 1,
    upstreamMs: 2,
    code: 'overloaded',
    cost: 5n,
  } as CallFinished);

  it('is in the order of canonical text at every depth, so that no entry has to be sorted', () => {
    const sorted = (value: unknown): boolean =>
      Array.isArray(value)
        ? value.every(sorted)
        : typeof value !== 'object' ||
          value === null ||
          (Object.keys(value).join() === Object.keys(value).sort().join() && Object.values(value).every(sorted));
    expect(sorted(whole)).toBe(true);
    expect(sorted(repairMetadata(call))).toBe(true);
  });

  it('tells of a call that leaves what is known by then, and nothing of an answer', () => {
    const told = Object.entries(callMetadata(call, size, facts)).filter(([, value]) => value !== undefined);
    expect(told.map(([name]) => name).join(' ')).toBe(
      'call_id dialect feature_flags findings guards injection max_tokens messages operation prompt_characters ' +
        'restored saved selection stream trimmed',
    );
    expect(whole).toMatchObject({
      deprecation: { deprecated_at: '1970-01-01T00:00:00.000Z', replacement: 'n' },
      findings: { input: { EMAIL: 1, PHONE: 2 }, output: { EMAIL: 1 } },
      injection: { score_percent: 51 },
      max_tokens: { sent: 10, asked: 20 },
      saved: [{ by: 'trimming', tokens: 3, picos: '5' }],
      similarity_permille: 987,
      trimmed: { tokens: 3, turns: 1, duplicates: 0 },
    });
  });
});
