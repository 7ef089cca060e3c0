import { Random } from '../../test/support/hostile/random';
import type { Candidate } from '../contract/call';
import { NO_USAGE } from '../contract/reply';
import type { ChatRequest } from '../contract/request';
import { unchanged } from '../contract/unchanged';
import { PriceBook } from '../features/cost';
import { Prices } from '../platform/config/prices';
import { fundingPlan } from './funding-plan';

const SEED = Number(process.env['GATEHOUSE_TEST_SEED'] ?? Date.now() % 0x1_0000_0000);
const PRICES = new PriceBook(
  Prices.parse({ prices: { 'a/dear': { input: 3, output: 15 }, 'b/cheap': { input: 0.1, output: 0.4 } } }).prices,
);
const dear: Candidate = { provider: 'a', model: 'dear', maxOutputTokens: 4_000, contextTokens: 100_000 };
const cheap: Candidate = { provider: 'b', model: 'cheap', maxOutputTokens: 64_000 };
const unknown: Candidate = { provider: 'c', model: 'unknown' };

const planOf = (
  candidates: readonly [Candidate, ...Candidate[]],
  more: Partial<ChatRequest> = {},
  without: 'free' | 'refused' = 'refused',
) => {
  const request: ChatRequest = {
    operation: 'chat',
    model: 'm',
    stream: false,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'x'.repeat(936) }] }],
    tools: [],
    hints: [],
    extras: [],
    ...more,
  };
  const wire = { dialect: 'openai-chat' as const, body: { x: 'x'.repeat(992) }, headers: {} };
  const call = { candidates, outgoing: unchanged({ request, wire }) };
  return fundingPlan(call, { prices: PRICES, unpriced: () => without, at: 0 });
};
/** Bytes of the body, and what stands around. */
const PROMPT = 1_000n + 72n;

describe('fundingPlan', () => {
  it('is the whole of the dearest candidate where the caller named a maximum', () => {
    expect(planOf([cheap, dear], { maxTokens: 100, n: 2 })).toEqual({
      candidates: [cheap, dear],
      estimate: { base: PROMPT * 3_000_000n + 200n * 15_000_000n, perToken: 0n, tokens: 100, elastic: false },
      told: false,
    });
  });

  it('is all that a caller asks of the model that it named, for that is what is sent', () => {
    const asked = { maxTokens: 1_000_000 };
    expect(planOf([dear], asked).estimate.tokens).toBe(4_000);
    expect(planOf([{ ...dear, named: true }], asked).estimate).toMatchObject({
      base: PROMPT * 3_000_000n + 1_000_000n * 15_000_000n,
      tokens: 1_000_000,
    });
  });

  it('is the prompt and a price for each token more where it named none', () => {
    expect(planOf([dear]).estimate).toEqual({
      base: PROMPT * 3_000_000n,
      perToken: 15_000_000n,
      tokens: 4_000,
      elastic: true,
    });
    expect(planOf([dear], { n: 3 }).estimate.perToken).toBe(45_000_000n);
  });

  it('leaves out models without a price, or lets them count nothing', () => {
    expect(planOf([unknown, cheap]).candidates).toEqual([cheap]);
    expect(() => planOf([unknown])).toThrow(
      expect.objectContaining({ code: 'budget_exhausted', message: expect.stringContaining('c/unknown has no price') }),
    );
    expect(planOf([unknown], {}, 'free')).toMatchObject({ estimate: { base: 0n, perToken: 0n }, told: true });
  });

  it(`is never less than what any candidate charges for a use within its bounds (seed ${SEED})`, () => {
    const random = new Random(SEED);
    for (let i = 0; i < 500; i++) {
      const named = random.chance(0.5);
      const n = 1 + random.below(3);
      const candidates: readonly [Candidate, ...Candidate[]] = random.chance(0.5) ? [dear, cheap] : [cheap];
      const { estimate } = planOf(candidates, { n, ...(named && { maxTokens: 1 + random.below(70_000) }) });
      const allowed = estimate.elastic ? 1 + random.below(estimate.tokens) : estimate.tokens;
      const held = estimate.base + estimate.perToken * BigInt(allowed);
      const { provider, model, maxOutputTokens = Infinity } = random.pick(candidates);
      const input = random.below(Number(PROMPT) + 1);
      const read = random.below(input + 1);
      const usage = {
        ...NO_USAGE,
        inputTokens: input - read,
        cacheReadTokens: read,
        outputTokens: n * random.below(Math.min(allowed, maxOutputTokens) + 1),
      };
      expect(held).toBeGreaterThanOrEqual(PRICES.cost(`${provider}/${model}`, usage, Date.now()) as bigint);
    }
  });
});
