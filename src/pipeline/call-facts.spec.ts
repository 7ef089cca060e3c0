import type { Tried } from '../contract/call';
import type { CallFinished } from '../contract/events';
import { outcomeMetadata } from './call-facts';
import { unknownModels } from './tries';

const finished = { attempts: 1, latencyMs: 12.6, outcome: 'answered' } as CallFinished;
const triedIn = (tried?: readonly Tried[]) => outcomeMetadata({ ...(tried && { tried }) }, finished)['tried'];
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
  expect(outcomeMetadata({}, { ...finished, usage })).toMatchObject({
    latency_ms: 13,
    usage: { input_tokens: 1, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 2 ** 53 - 1 },
  });
});
