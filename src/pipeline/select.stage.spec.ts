import type { z } from 'zod';
import type { CallFacts, Outgoing, InstructedCall, SelectedCall } from '../contract/call';
import type { CallFinished } from '../contract/events';
import { GatewayError } from '../contract/errors';
import type { JsonObject } from '../contract/json';
import type { Piece, Reply } from '../contract/reply';
import type { EmbeddingsRequest } from '../contract/request';
import { unchanged } from '../contract/unchanged';
import { CODECS } from '../dialects/codecs';
import { ModelRegistry } from '../features/models';
import { OutputHistory, SelectionPolicies } from '../features/selection';
import type { ConfiguredProvider } from '../platform/config/config';
import { Models } from '../platform/config/models';
import { Prices } from '../platform/config/prices';
import { Selection } from '../platform/config/selection';
import { LiveKeys } from '../platform/secrets/live-keys';
import { SelectStage } from './select.stage';

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
const aliases = { fast: ['a/1'], balanced: ['b/1'], best: ['c/1', 'b/1'], elsewhere: ['d/1'] };
const price = (micros: number) => ({ input: micros / 1_000_000, output: micros / 1_000_000 });
const { prices } = Prices.parse({ prices: { 'a/1': price(1), 'b/1': price(3), 'c/1': price(9) } });
const models = new ModelRegistry({
  providers: ['a', 'b', 'c'].map(provider),
  models: Models.parse({ aliases, models: { 'a/1': { capabilities: [] } } }),
  prices,
});

interface Asking {
  readonly policy?: z.input<typeof Selection>;
  readonly more?: Partial<InstructedCall>;
  readonly history?: OutputHistory;
  readonly reply?: Partial<Reply>;
}
const body = (
  model: string,
  messages: readonly JsonObject[] = [{ role: 'user', content: 'One.  Two.' }],
): JsonObject => ({ model, messages });

/** What becomes of a call: as the next stage sees it, what is noted, and the reply. */
async function select(
  asked: JsonObject,
  { policy = {}, more = {}, history = new OutputHistory(), reply = {} }: Asking = {},
) {
  const stage = new SelectStage(new SelectionPolicies(Selection.parse(policy)), history, models);
  const facts: Partial<CallFacts> = {};
  const wire = { dialect: 'openai-chat' as const, body: asked, headers: {} };
  const request = CODECS['openai-chat'].decodeRequest(asked);
  const call = {
    request,
    wire,
    caller: { tenantId: 't', tenantName: 'tenant', models: [] },
    record: { note: (fact: keyof CallFacts, value: never) => void (facts[fact] = value) },
    outgoing: unchanged({ request, wire }),
    ...more,
  } as unknown as InstructedCall;
  let seen: SelectedCall | undefined;
  const answer = await stage.wrap((selected) => {
    seen = selected;
    return Promise.resolve({ provider: 'a', model: '1', attempts: 1, dropped: [], pieces: pieces(), ...reply });
  })(call);
  for await (const _ of answer.pieces);
  if (!seen) throw new Error('it went nowhere');
  return { call, seen, facts, answer };
}

// eslint-disable-next-line @typescript-eslint/require-await -- pieces are asynchronous wherever they come from
async function* pieces(): AsyncGenerator<Piece> {
  yield {
    events: [{ type: 'end', usage: { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 5 } }],
  };
}

const learnt = (model: string, task?: string) => {
  const history = new OutputHistory();
  const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1_024 };
  const call = { outcome: 'answered', operation: 'chat', tenantId: 't', model, task, usage };
  for (let i = 0; i < 100; i++) history.learn(call as unknown as CallFinished);
  return history;
};

describe('SelectStage', () => {
  it('changes nothing of a call that nobody asks to be changed, and watches nothing', async () => {
    const { call, seen, facts, answer } = await select(body('best'), { history: learnt('best') });
    expect(seen).toEqual({ ...call, selection: undefined });
    expect([seen.request, seen.outgoing]).toEqual([call.request, call.outgoing]);
    expect(facts).toEqual({});
    expect(answer).not.toHaveProperty('complexity');
  });

  it('leaves vectors alone, whatever is said', async () => {
    const request: EmbeddingsRequest = { operation: 'embeddings', model: 'auto', stream: false, input: ['a  b'], format: 'float', hints: [], extras: [] };
    const { seen, facts } = await select(body('auto'), { policy: { trim: { whitespace: true }, rightSize: true }, more: { request, complexity: 'low' } });
    expect([seen.request, facts]).toEqual([request, {}]);
  }); // prettier-ignore

  it('names the alias, tells why, and counts what that saved', async () => {
    const { seen, facts, answer } = await select(body('auto'), { more: { complexity: 'low' } });
    expect(seen.request.model).toBe('fast');
    expect(facts.selection).toEqual({ level: 'low', by: 'given', reasons: [], asked: 'auto', chosen: 'fast' });
    // 15 tokens at one instead of three micro-dollars per million, which an ordinary model costs
    expect(facts.saved).toEqual([{ by: 'selection', tokens: 0, picos: 30n }]);
    expect(answer.complexity).toBe('low');
    const dearer = await select(body('auto'), { more: { complexity: 'high' }, reply: { provider: 'c' } });
    expect(dearer.facts.saved).toEqual([{ by: 'selection', tokens: 0, picos: -90n }]);
  });

  it('counts nothing for an answer that was kept', async () => {
    const { facts, answer } = await select(body('auto'), {
      policy: { trim: { whitespace: true } },
      more: { complexity: 'low' },
      reply: { cache: 'hit', attempts: 0 },
    });
    expect(facts.saved).toBeUndefined();
    expect(answer).not.toHaveProperty('savedTokens');
  });

  it('chooses no model that the key, the provider or the call itself rules out', async () => {
    const high = { complexity: 'high' as const };
    const chosen = async (more: Partial<InstructedCall>, asked = body('auto')) => (await select(asked, { more })).seen.request.model;
    const caller = (...names: string[]) => ({ tenantId: 't', tenantName: 'tenant', models: names }) as unknown as InstructedCall['caller'];
    expect(await chosen({ ...high, caller: caller('fast', 'balanced') }, body('fast'))).toBe('balanced');
    expect(await chosen({ ...high, caller: caller('auto') })).toBe('best');
    const barred: Partial<Outgoing> = { barred: (name) => (name === 'c' || name === 'b' ? new GatewayError('prompt_rejected', 'no') : undefined) };
    expect(await chosen({ ...high, outgoing: barred as Outgoing })).toBe('fast');
    const image = { type: 'image_url', image_url: { url: 'https://example.org/x.png' } };
    expect(await chosen({ complexity: 'low' }, body('auto', [{ role: 'user', content: [image] }]))).toBe('balanced');
  }); // prettier-ignore

  it('passes over a level whose providers are not there', async () => {
    const { seen } = await select(body('auto'), {
      policy: { levels: { low: 'elsewhere' } },
      more: { complexity: 'low' },
    });
    expect(seen.request.model).toBe('balanced');
  });

  it('shortens what is compared, and what each provider is sent', async () => {
    const told = { request: CODECS['openai-chat'].decodeRequest(body('m', [{ role: 'user', content: 'Uno.  Dos.' }])), wire: { dialect: 'openai-chat' as const, body: body('m', [{ role: 'user', content: 'Uno.  Dos.' }]), headers: {} } };
    const outgoing: Outgoing = { ...unchanged(told), restore: (text) => text.toUpperCase() };
    const { seen, facts, answer } = await select(body('b/1'), { policy: { trim: { whitespace: true } }, more: { outgoing } });
    expect(seen.wire.body['messages']).toEqual([{ role: 'user', content: 'One. Two.' }]);
    expect(seen.outgoing.to('b').wire.body['messages']).toEqual([{ role: 'user', content: 'Uno. Dos.' }]);
    expect(seen.outgoing.to('b')).toBe(seen.outgoing.to('b'));
    expect(seen.outgoing.restore?.('a')).toBe('A');
    expect(facts.trimmed).toMatchObject({ turns: 0, duplicates: 0 });
    expect(answer.savedTokens).toBe(facts.trimmed?.tokens);
  }); // prettier-ignore

  it('lowers the maximum that is sent to what earlier answers needed, and compares calls without it', async () => {
    const policy = { rightSize: true, tasks: [{ name: 'reviews', tags: ['review'] }] };
    const { seen, facts } = await select({ ...body('fast'), max_tokens: 9_000 }, { policy, history: learnt('fast') });
    expect(seen.outgoing.to('a').wire.body['max_tokens']).toBe(1_536);
    expect(seen.outgoing.to('a').request).toMatchObject({ maxTokens: 1_536 });
    expect([seen.sized, seen.request, seen.wire.body['max_tokens']]).toMatchObject([
      1_536,
      { maxTokens: 9_000 },
      9_000,
    ]);
    expect(facts.sized).toEqual({ sent: 1_536, asked: 9_000 });
    // another task is another history
    const tagged = { policy, history: learnt('fast'), more: { tags: ['review'] } };
    expect((await select(body('fast'), tagged)).facts).toEqual({ task: 'reviews' });
    const own = { ...tagged, history: learnt('fast', 'reviews') };
    expect((await select(body('fast'), own)).seen.outgoing.to('a').wire.body['max_completion_tokens']).toBe(1_536);
  });

  it('looks into the history of the model that was chosen', async () => {
    const { facts } = await select(body('auto'), {
      policy: { rightSize: true },
      history: learnt('fast'),
      more: { complexity: 'low' },
    });
    expect(facts.sized).toEqual({ sent: 1_536 });
  });
});
