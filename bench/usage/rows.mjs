// Calls as a month of an installation has them: a few tenants have most of it, and a person has one key and one team.
import { randomFrom } from '../audit/sample-headers.mjs';

const MODELS = [
  'openai/gpt-4o',
  'openai/gpt-4o-mini',
  'openai/gpt-5.1',
  'anthropic/claude-opus-4-8',
  'anthropic/claude-haiku-4-5',
];
const uuid = (kind, n, at = 0) =>
  `${at
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7${kind}00-8000-${n.toString(16).padStart(12, '0')}`;

/** @returns rows of the ledger in the order in which the calls came in */
export function* callRows({ count, from, to, tenants = 20, keysEach = 10, usersEach = 500, tags = 30, seed = 1 }) {
  const random = randomFrom(seed);
  const below = (n) => Math.floor(random() * n);
  for (let index = 0; index < count; index++) {
    const at = Math.floor(from + ((to - from) * index) / count);
    // a few have most of it
    const tenant = Math.floor(tenants * random() ** 2);
    const [provider, providerModel] = MODELS[below(MODELS.length)].split('/');
    const inputTokens = below(4_000);
    const outputTokens = below(800);
    const user = below(usersEach);
    yield {
      index,
      callId: uuid(1, index, at),
      at,
      tenantId: uuid(2, tenant),
      keyId: uuid(3, tenant * keysEach + (user % keysEach)),
      userRef: `s_${tenant}_${user}`,
      sessionRef: `p_${tenant}_${user}_${below(20)}`,
      model: 'fast',
      provider,
      providerModel,
      providerRequestId: `req_${index}`,
      operation: 'chat',
      outcome: 'answered',
      tags: user % 2 ? [] : [`team-${user % tags}`],
      usage: {
        inputTokens,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        outputTokens,
        thinkingTokens: 0,
        estimated: random() < 0.02,
      },
      spared: undefined,
      cost: BigInt(inputTokens) * 2_500_000n + BigInt(outputTokens) * 10_000_000n,
      saved: 0n,
      cache: 'miss',
      reused: false,
      priceVersion: 'bench',
    };
  }
}
