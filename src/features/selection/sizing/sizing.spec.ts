import { Random } from '../../../../test/support/hostile/random';
import { QUESTION } from '../../../../test/support/attempt';
import type { CallFinished } from '../../../contract/events';
import type { ChatRequest } from '../../../contract/request';
import { OutputHistory } from './output-history';
import { rightSize } from './right-size';
import { TokenHistogram } from './token-histogram';

const SEED = Number(process.env['GATEHOUSE_TEST_SEED'] ?? 20261128);

describe('TokenHistogram', () => {
  it(`is at most a fifth above the quantile, and never below it (seed ${SEED})`, () => {
    const random = new Random(SEED);
    for (let round = 0; round < 200; round++) {
      const histogram = new TokenHistogram();
      const values = Array.from({ length: 1 + random.below(1_000) }, () => 1 + Math.floor(2 ** (random.next() * 17)));
      for (const value of values) histogram.add(value);
      const share = random.pick([0.5, 0.9, 0.99, 1]);
      const exact = values.sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] as number;
      // tokens are whole: so is what is said of them
      expect(histogram.quantile(share)).toBeGreaterThanOrEqual(exact - 1);
      expect(histogram.quantile(share)).toBeLessThanOrEqual(exact * 1.2 + 1);
    }
  });

  it('forgets what was long ago', () => {
    const histogram = new TokenHistogram();
    for (let i = 0; i < 2_000; i++) histogram.add(50_000);
    for (let i = 0; i < 20_000; i++) histogram.add(100);
    expect(histogram.quantile(0.99)).toBeLessThan(125);
    expect(histogram.size).toBeLessThanOrEqual(2_000);
  });

  it.each([NaN, -1, -Infinity])('ignores %d tokens', (tokens) => {
    const histogram = new TokenHistogram();
    histogram.add(tokens);
    expect(histogram.size).toBe(0);
    expect(histogram.quantile(0.99)).toBe(0);
  });

  it('keeps what is far too much in its last bucket', () => {
    const histogram = new TokenHistogram();
    histogram.add(1e300);
    expect(histogram.quantile(1)).toBe(2 ** 21);
  });
});

const finished = (outputTokens: number, more: Partial<CallFinished> = {}): CallFinished => ({
  id: 'i',
  requestId: 'r',
  tenantId: 't',
  keyId: 'k',
  dialect: 'openai-chat',
  operation: 'chat',
  stream: false,
  outcome: 'answered',
  model: 'fast',
  provider: 'p',
  providerModel: 'm',
  attempts: 1,
  latencyMs: 1,
  usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens },
  ...more,
});
const learnt = (calls: readonly CallFinished[]) => {
  const history = new OutputHistory();
  for (const call of calls) history.learn(call);
  return history;
};
const times = (n: number, call: CallFinished) => Array.from({ length: n }, () => call);

describe('OutputHistory', () => {
  it('says nothing before a hundred answers, then what 99 of 100 need and half as much again', () => {
    expect(learnt(times(99, finished(256))).expectedOutput({ tenantId: 't', model: 'fast' })).toBeUndefined();
    const history = learnt(times(100, finished(256)));
    expect(history.expectedOutput({ tenantId: 't', model: 'fast' })).toBe(384);
    expect(history.expectedOutput({ tenantId: 't', model: 'p/m' })).toBe(384);
  });

  it('tells tenants, models and tasks apart', () => {
    const history = learnt(times(100, finished(256, { task: 'reviews' })));
    expect(history.expectedOutput({ tenantId: 't', model: 'fast', task: 'reviews' })).toBe(384);
    for (const other of [{ tenantId: 'u' }, { model: 'best' }, { task: undefined }, { task: 'b' }])
      expect(history.expectedOutput({ tenantId: 't', model: 'fast', task: 'reviews', ...other })).toBeUndefined();
  });

  it('takes an answer that ran into its maximum for twice as long, so that a maximum does not shrink by itself', () => {
    const cut = finished(384, { finishReason: 'length' });
    const history = learnt([...times(190, finished(256)), ...times(10, cut)]);
    expect(history.expectedOutput({ tenantId: 't', model: 'fast' })).toBeGreaterThanOrEqual(2 * 384);
  });

  it.each<[string, Partial<CallFinished>]>([
    ['was not given', { outcome: 'failed' }],
    ['was given up', { outcome: 'abandoned' }],
    ['is no chat', { operation: 'embeddings' }],
    ['cost nothing', { usage: { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 } }],
    ['tells no usage', { usage: undefined }],
    [
      'was counted here',
      { usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 256, estimated: true } },
    ],
  ])('learns nothing of an answer that %s', (_what, more) => {
    const history = learnt(times(200, finished(256, more)));
    expect(history.expectedOutput({ tenantId: 't', model: 'fast' })).toBeUndefined();
  });

  it('is bounded, and forgets first what was not asked for for longest', () => {
    const history = learnt(times(100, finished(256, { provider: undefined })));
    const learnOthers = (n: number) => {
      for (let i = 0; i < n; i++) history.learn(finished(1, { model: `m${i}`, provider: undefined }));
    };
    learnOthers(1_999);
    expect(history.expectedOutput({ tenantId: 't', model: 'fast' })).toBe(384);
    learnOthers(4_000);
    expect(history.expectedOutput({ tenantId: 't', model: 'fast' })).toBeUndefined();
  });
});

describe('rightSize', () => {
  const policy = { rightSize: true, rightSizeFloor: 500 };
  const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({ ...QUESTION, ...more });

  it.each<[string, Partial<ChatRequest>, number | undefined, ReturnType<typeof rightSize>]>([
    ['an absent maximum', {}, 900, { sent: 900 }],
    ['one that is too large', { maxTokens: 4_000 }, 900, { sent: 900, asked: 4_000 }],
    ['the floor', { maxTokens: 4_000 }, 90, { sent: 500, asked: 4_000 }],
    ['a small maximum', { maxTokens: 800 }, 900, undefined],
    ['one below the floor', { maxTokens: 400 }, 90, undefined],
    ['too little known', {}, undefined, undefined],
    ['a model that thinks', { thinking: { mode: 'on', budgetTokens: 9_000 } }, 900, undefined],
    ['one that must not', { thinking: { mode: 'off' } }, 900, { sent: 900 }],
    ['counting', { operation: 'count_tokens' }, 900, undefined],
  ])('%s', (_what, more, expected, result) => expect(rightSize(request(more), policy, expected)).toEqual(result));

  it('does nothing where the policy does not say so', () =>
    expect(rightSize(request(), { ...policy, rightSize: false }, 900)).toBeUndefined());
});
