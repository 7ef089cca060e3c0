// What the doubles count and what they charge, kept apart from everything that the gateway believes of tokens and prices.
import { chance } from '../drill/random.mjs';

/** Picodollars per token, from the vendors' price pages: the same figures as micro-dollars per million tokens. */
const CHARGES = {
  openai: { input: 150_000n, cacheRead: 75_000n, cacheWrite: 150_000n, cacheWriteLong: 150_000n, output: 600_000n },
  anthropic: {
    input: 1_000_000n,
    cacheRead: 100_000n,
    cacheWrite: 1_250_000n,
    cacheWriteLong: 2_000_000n,
    output: 5_000_000n,
  },
};
/** The doubles that the gateway knows, by the name it has for them, and the one model of each. */
export const MODELS = { openai: 'gpt-4o-mini', anthropic: 'claude-haiku-4-5' };
export const NOTHING = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0, output: 0 };

const PER_WORD = 6;
const AROUND_MESSAGE = 4;
const CACHED = 0.3;

/** Picodollars. */
export function charge(provider, counts) {
  return Object.entries(CHARGES[provider]).reduce((sum, [kind, price]) => sum + BigInt(counts[kind]) * price, 0n);
}

/** Tokens of a text: one for each word, and more for long ones. */
export function tokensIn(text) {
  return text.split(/\s+/).reduce((sum, word) => sum + Math.ceil(word.length / PER_WORD), 0);
}

function textsOf(body) {
  const contents = [body.system, ...body.messages.map(({ content }) => content)].filter((content) => content);
  return contents.map((content) => (typeof content === 'string' ? content : content.map(({ text }) => text).join(' ')));
}

/** What a prompt is charged as: all of it together is its length. */
export function promptCounts(provider, body, seed) {
  const texts = textsOf(body);
  const length = texts.reduce((sum, text) => sum + tokensIn(text) + AROUND_MESSAGE, 0);
  const draw = chance(seed, 'cached');
  const share = (of) => Math.floor(draw() * of);
  if (draw() >= CACHED) return { ...NOTHING, input: length };
  const cacheRead = share(length);
  if (provider !== 'anthropic') return { ...NOTHING, input: length - cacheRead, cacheRead };
  const cacheWrite = share(length - cacheRead);
  const cacheWriteLong = share(length - cacheRead - cacheWrite);
  return { ...NOTHING, input: length - cacheRead - cacheWrite - cacheWriteLong, cacheRead, cacheWrite, cacheWriteLong };
}
