import type { CushionedCall } from '../../contract/call';
import { GatewayError } from '../../contract/errors';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import type { ChatRequest } from '../../contract/request';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { QUESTION } from '../../../test/support/attempt';
import { replay } from './kept-answer';
import { MemoryAnswerStore } from './memory-answer-store';
import { PastAnswers } from './past-answers';
import { QuestionIndex } from './similar/question-index';
import { trigramScorer } from './similar/trigram-scorer';

const POLICY = { similarity: 0.8, staleSeconds: 100 };

function setUp(answerBytes = 10_000) {
  const clock = { now: 1_000_000 };
  const store = new MemoryAnswerStore(1_000_000, () => clock.now);
  const hash = new KeyedHash(Buffer.alloc(32, 7));
  const answers = new PastAnswers(store, new QuestionIndex(trigramScorer), hash, answerBytes, () => clock.now);
  return { answers, clock };
}

function calling(text = 'What are your opening hours?', tenantId = 't', over: Partial<ChatRequest> = {}) {
  const messages = [{ role: 'user', parts: [{ type: 'text', text }] }] as const;
  return {
    caller: { tenantId },
    request: { ...QUESTION, messages, ...over },
    wire: { dialect: 'openai-chat', body: {}, headers: {} },
    candidates: [{ provider: 'p', model: 'm' }],
  } as unknown as CushionedCall;
}

async function* pieces(...steps: (Piece | GatewayError)[]): AsyncGenerator<Piece> {
  for (const step of steps) {
    if (step instanceof GatewayError) throw step;
    yield step;
  }
}
const WORDS: Piece = {
  events: [
    { type: 'start', id: 'x', model: 'm-1' },
    { type: 'text', block: 0, text: 'From 9' },
  ],
};
const LAST: Piece = {
  events: [
    { type: 'finish', reason: 'stop' },
    { type: 'end', usage: { ...NO_USAGE, inputTokens: 5 } },
  ],
};
const said = (over: Partial<Reply> = {}): Reply => ({
  provider: 'p',
  model: 'm',
  attempts: 1,
  dropped: ['seed'],
  pieces: pieces(WORDS, LAST),
  ...over,
});

async function read(reply: Reply): Promise<Piece[]> {
  const read: Piece[] = [];
  for await (const piece of reply.pieces) read.push(piece);
  return read;
}

async function given(answers: PastAnswers, call: CushionedCall, reply = said(), nearly = true): Promise<void> {
  await read(answers.keeping(reply, call, answers.keyOf(call) ?? '', POLICY.staleSeconds, nearly));
}
const found = (answers: PastAnswers, call: CushionedCall, seconds = 100) =>
  answers.find(call.caller, answers.keyOf(call) ?? '', seconds);

describe('PastAnswers', () => {
  it('finds the answer to the same call while it is young enough', async () => {
    const { answers, clock } = setUp();
    await given(answers, calling());
    clock.now += 10_000;
    const kept = await found(answers, calling(undefined, 't', { stream: true, user: 'bob' }), 10);
    expect(kept).toMatchObject({ provider: 'p', model: 'm', dropped: ['seed'], at: 1_000_000 });
    expect(await found(answers, calling(), 9)).toBeUndefined();
    clock.now += 90_001;
    expect(await found(answers, calling(), 1_000)).toBeUndefined();
  });

  it('gives it as the answer to another call, for nothing', async () => {
    const { answers, clock } = setUp();
    await given(answers, calling());
    const kept = await found(answers, calling());
    const reply = replay(kept!, 'stale', 'id-2', clock.now + 2_900);
    expect(reply).toMatchObject({ provider: 'p', model: 'm', attempts: 0, cache: 'stale', ageSeconds: 2 });
    expect((await read(reply)).flatMap(({ events }) => events)).toEqual([
      { type: 'start', id: 'id-2', model: 'm-1' },
      { type: 'text', block: 0, text: 'From 9' },
      { type: 'finish', reason: 'stop' },
      { type: 'end', usage: NO_USAGE },
    ]);
  });

  it('hands the answer through unchanged while it keeps it', async () => {
    const { answers } = setUp();
    expect(await read(answers.keeping(said(), calling(), 'k', 1, true))).toEqual([WORDS, LAST]);
  });

  it('never finds it for another tenant', async () => {
    const { answers } = setUp();
    await given(answers, calling());
    expect(answers.keyOf(calling(undefined, 'u'))).not.toBe(answers.keyOf(calling()));
    expect(await found(answers, calling(undefined, 'u'))).toBeUndefined();
    const near = 'what are your opening hours';
    expect(await answers.findSimilar(calling(near), POLICY)).toBeDefined();
    expect(await answers.findSimilar(calling(near, 'u'), POLICY)).toBeUndefined();
  });

  it.each<[string, Partial<Reply>]>([
    ['of another model', { model: 'other' }],
    ['of another provider', { provider: 'other' }],
    ['of a fallback', { degraded: 'fallback' }],
    ['that broke', { pieces: pieces(WORDS, new GatewayError('provider_failed', 'no')) }],
    ['that simply ends', { pieces: pieces(WORDS) }],
  ])('does not keep an answer %s', async (_what, over) => {
    const { answers } = setUp();
    await given(answers, calling(), said(over)).catch(() => undefined);
    expect(await found(answers, calling())).toBeUndefined();
    expect(await answers.findSimilar(calling(), POLICY)).toBeUndefined();
  });

  it('does not keep an answer that nobody read to its end, nor one that is too large', async () => {
    const { answers } = setUp(100);
    const call = calling();
    for await (const _ of answers.keeping(said(), call, answers.keyOf(call) ?? '', 1, true).pieces) break;
    expect(await found(answers, call)).toBeUndefined();
    await given(answers, call);
    expect(await found(answers, call)).toBeUndefined();
  });

  it('finds the answer to nearly the same question, asked in the same way', async () => {
    const { answers, clock } = setUp();
    const system = { role: 'system', parts: [{ type: 'text', text: 'Be brief' }] } as const;
    const asked = (text: string, over: Partial<ChatRequest> = {}) => {
      const { messages } = calling(text).request as ChatRequest;
      return calling(text, 't', { messages: [system, ...messages], ...over });
    };
    await given(answers, asked('What are your opening hours?'));
    const near = 'what are the opening hours';
    expect(await answers.findSimilar(asked(near), { ...POLICY, similarity: 0.7 })).toBeDefined();
    expect(await answers.findSimilar(asked(near), { ...POLICY, similarity: 0.99 })).toBeUndefined();
    expect(await answers.findSimilar(asked(near, { temperature: 0 }), POLICY)).toBeUndefined();
    expect(await answers.findSimilar(calling(near), POLICY)).toBeUndefined();
    clock.now += 100_000;
    expect(await answers.findSimilar(asked('What are your opening hours?'), POLICY)).toBeUndefined();
  });

  it('does not take a conversation, an image or an unasked-for question into its index', async () => {
    const { answers } = setUp();
    const talk = { messages: [...QUESTION.messages, ...QUESTION.messages] };
    const parts = [{ type: 'image', source: { kind: 'url', url: 'https://x.example/y' } }] as const;
    for (const over of [talk, { messages: [{ role: 'user', parts }] as const }]) {
      await given(answers, calling('', 't', over));
      expect(await answers.findSimilar(calling('', 't', over), POLICY)).toBeUndefined();
    }
    await given(answers, calling(), said(), false);
    expect(await answers.findSimilar(calling(), POLICY)).toBeUndefined();
  });
});
