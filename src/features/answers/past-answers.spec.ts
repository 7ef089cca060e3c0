import type { CushionedCall } from '../../contract/call';
import { GatewayError } from '../../contract/errors';
import { NO_USAGE, type Piece, type Reply } from '../../contract/reply';
import type { ChatRequest } from '../../contract/request';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { QUESTION } from '../../../test/support/attempt';
import { replay } from './kept-answer';
import { MemoryAnswerStore } from './memory-answer-store';
import { PastAnswers } from './past-answers';
import { MemoryVectorIndex } from './similar/memory-vector-index';
import { SimilarQuestions } from './similar/similar-questions';

const TERMS = { threshold: 0.8, oneWordThreshold: 1, withinSeconds: 100 };
const KEPT_SECONDS = 100;

function setUp(answerBytes = 10_000) {
  const clock = { now: 1_000_000 };
  const store = new MemoryAnswerStore(1_000_000, () => clock.now);
  const hash = new KeyedHash(Buffer.alloc(32, 7));
  const questions = new SimilarQuestions(new MemoryVectorIndex(100, 100, () => clock.now));
  const answers = new PastAnswers(store, questions, hash, answerBytes, () => clock.now);
  return { answers, questions, clock };
}

function calling(text = 'What are your opening hours?', tenantId = 't', over: Partial<ChatRequest> = {}) {
  const messages = [{ role: 'user', parts: [{ type: 'text', text }] }] as const;
  return {
    caller: { tenantId },
    request: { ...QUESTION, messages, ...over },
    wire: { dialect: 'openai-chat', body: {}, headers: {} },
    candidates: [{ provider: 'p', model: 'm' }],
    requestId: 'the-first',
    user: 'ada',
    signal: new AbortController().signal,
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
  const near = nearly && {};
  await read(answers.keeping(reply, call, answers.keyOf(call) ?? '', KEPT_SECONDS, near));
  // the question is remembered in the background
  await new Promise((resolve) => setImmediate(resolve));
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
    expect(await read(answers.keeping(said(), calling(), 'k', 1, {}))).toEqual([WORDS, LAST]);
  });

  it('never finds it for another tenant', async () => {
    const { answers } = setUp();
    await given(answers, calling());
    expect(answers.keyOf(calling(undefined, 'u'))).not.toBe(answers.keyOf(calling()));
    expect(await found(answers, calling(undefined, 'u'))).toBeUndefined();
    const near = 'what are your opening hours';
    expect(await answers.findSimilar(calling(near), TERMS)).toBeDefined();
    expect(await answers.findSimilar(calling(near, 'u'), TERMS)).toBeUndefined();
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
    expect(await answers.findSimilar(calling(), TERMS)).toBeUndefined();
  });

  it('does not keep an answer that nobody read to its end, nor one that is too large', async () => {
    const { answers } = setUp(100);
    const call = calling();
    for await (const _ of answers.keeping(said(), call, answers.keyOf(call) ?? '', 1, {}).pieces) break;
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
    expect(await answers.findSimilar(asked(near), { ...TERMS, threshold: 0.7 })).toBeDefined();
    expect(await answers.findSimilar(asked(near), { ...TERMS, threshold: 0.9999 })).toBeUndefined();
    expect(await answers.findSimilar(asked(near, { temperature: 0 }), TERMS)).toBeUndefined();
    expect(await answers.findSimilar(calling(near), TERMS)).toBeUndefined();
    clock.now += 100_000;
    expect(await answers.findSimilar(asked('What are your opening hours?'), TERMS)).toBeUndefined();
  });

  it('says how near the question was, what says so, and which call a model answered', async () => {
    const { answers } = setUp();
    await given(answers, calling());
    const { likeness } = (await answers.findSimilar(calling('what are the opening hours'), TERMS))!;
    expect(likeness).toEqual({ similarity: expect.any(Number) as number, by: 'lexical', requestId: 'the-first' });
    expect(likeness.similarity).toBeGreaterThan(0.9);
  });

  it('finds it in a conversation whose earlier turns are the same', async () => {
    const { answers } = setUp();
    const after = (earlier: string, text: string) => {
      const { messages } = calling(text).request as ChatRequest;
      const before = calling(earlier).request as ChatRequest;
      return calling(text, 't', { messages: [...before.messages, ...messages] });
    };
    await given(answers, after('I bought a bike', 'What is the return period?'));
    const near = 'what is the period of return';
    expect(await answers.findSimilar(after('I bought a bike', 'what is the return period'), TERMS)).toBeDefined();
    expect(await answers.findSimilar(after('I bought a car', 'what is the return period'), TERMS)).toBeUndefined();
    expect(await answers.findSimilar(calling('what is the return period'), TERMS)).toBeUndefined();
    expect(await answers.findSimilar(after('I bought a bike', near), TERMS)).toBeUndefined();
  });

  it('remembers neither an image nor an unasked-for question', async () => {
    const { answers } = setUp();
    const parts = [{ type: 'image', source: { kind: 'url', url: 'https://x.example/y' } }] as const;
    const image = { messages: [{ role: 'user', parts }] as const };
    await given(answers, calling('', 't', image));
    expect(await answers.findSimilar(calling('', 't', image), TERMS)).toBeUndefined();
    await given(answers, calling(), said(), false);
    expect(await answers.findSimilar(calling(), TERMS)).toBeUndefined();
  });

  it.each<[string, object, boolean]>([
    ['its key', {}, false],
    ['its tenant', {}, false],
    ['its user', { user: 'ada' }, false],
    ['another user', { user: 'bob' }, true],
    ['another key', { keys: new Set(['other']) }, true],
  ])('forgets the question by %s', async (what, which, stays) => {
    const { answers } = setUp();
    await given(answers, calling());
    const key = what === 'its key' ? { keys: new Set([answers.keyOf(calling()) ?? '']) } : {};
    await answers.forgetQuestions({ tenantId: 't', ...key, ...which });
    expect((await answers.findSimilar(calling(), TERMS)) !== undefined).toBe(stays);
  });

  it('forgets a question when its answer is purged by something else than its user', async () => {
    const { answers, questions } = setUp();
    await given(answers, calling());
    const forget = jest.spyOn(questions, 'forget');
    expect(await answers.purge({ tenantId: 't', by: { kind: 'model', name: 'p/other' } })).toBe(0);
    expect(forget).not.toHaveBeenCalled();
    expect(await answers.purge({ tenantId: 't', by: { kind: 'model', name: 'p/m' } })).toBe(1);
    expect(forget).toHaveBeenCalledWith({ tenantId: 't', keys: new Set([answers.keyOf(calling())]) });
  });

  it('forgets nothing of another tenant', async () => {
    const { answers } = setUp();
    await given(answers, calling());
    await answers.forgetQuestions({ tenantId: 'u' });
    expect(await answers.findSimilar(calling(), TERMS)).toBeDefined();
  });
});
