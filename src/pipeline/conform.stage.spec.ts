import { QUESTION } from '../../test/support/attempt';
import type { CacheCheckedCall, CallFacts, ConformingCall, Outgoing } from '../contract/call';
import { GatewayError } from '../contract/errors';
import type { Piece, Reply, Usage } from '../contract/reply';
import { ConformStage } from './conform.stage';

const usage = (n: number): Usage => ({ inputTokens: n, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: n });
const CANDIDATES = [
  { provider: 'p', model: 'm' },
  { provider: 'q', model: 'n' },
  { provider: 'q', model: 'o' },
] as const;
const FRAME = { dialect: 'openai-chat', format: 'sse', bytes: Buffer.from('data: {}\n\n') } as const;

interface Said {
  readonly text?: string;
  readonly reason?: 'stop' | 'length';
  readonly used?: number;
  readonly by?: { readonly provider: string; readonly model: string };
}
function reply({ text = '', reason = 'stop', used = 1, by = CANDIDATES[0] }: Said): Reply {
  async function* pieces(): AsyncGenerator<Piece> {
    yield { events: [{ type: 'start', id: 'x', model: 'm', usage: usage(used) }], wire: FRAME };
    yield { events: [{ type: 'text', text, block: 0 }], wire: FRAME };
    yield {
      events: [
        { type: 'finish', reason },
        { type: 'end', usage: usage(used) },
      ],
      wire: FRAME,
    };
  }
  return { ...by, attempts: 1, dropped: [], pieces: pieces() };
}

/** The stage between a call and what answers it, one after the other. */
function setting(answers: readonly (Said | GatewayError)[], more: Partial<CacheCheckedCall> = {}) {
  const facts: Partial<CallFacts> = {};
  const asked: ConformingCall[] = [];
  const outgoing: Outgoing = {
    barred: () => undefined,
    to: (provider) => ({
      request: { ...QUESTION, user: `for ${provider}` },
      wire: { dialect: 'internal', body: {}, headers: {} },
    }),
  };
  const call = {
    request: { ...QUESTION, responseFormat: { type: 'json_object' } },
    wire: { dialect: 'internal', body: {}, headers: {} },
    candidates: CANDIDATES,
    validation: 'repair',
    outgoing,
    record: {
      note: (fact: keyof CallFacts, value: never) => void (facts[fact] = value),
      keep: () => undefined,
      leave: () => Promise.resolve(),
    },
    ...more,
  } as unknown as CacheCheckedCall;
  const run = new ConformStage().wrap((given) => {
    const answer = answers[asked.push(given) - 1]!;
    given.record.note('tried', [{ provider: 'p', model: 'm', ms: asked.length }]);
    return answer instanceof GatewayError ? Promise.reject(answer) : Promise.resolve(reply(answer));
  });
  return { call: () => run(call), facts, asked };
}
async function read({ pieces }: Reply): Promise<Piece[]> {
  const all: Piece[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

describe('a call that asks for validation', () => {
  it('is handed an answer that conforms as it came, native form included', async () => {
    const { call, facts } = setting([{ text: '{}' }]);
    const answer = await call();
    expect(answer.validated).toBe('valid');
    const pieces = await read(answer);
    expect(pieces.map(({ wire }) => wire)).toEqual([FRAME, FRAME, FRAME]);
    expect(facts).toMatchObject({ validated: 'valid' });
  });

  it('gets the repaired answer, with the usage, attempts and tries of both, in no native form', async () => {
    const { call, facts } = setting([
      { text: 'no', used: 3 },
      { text: '{}', used: 4 },
    ]);
    const answer = await call();
    expect([answer.validated, answer.attempts]).toEqual(['repaired', 2]);
    const pieces = await read(answer);
    expect(pieces.every(({ wire }) => wire === undefined)).toBe(true);
    const events = pieces.flatMap((piece) => piece.events);
    expect(events[0]).toMatchObject({ type: 'start', usage: { inputTokens: 7, outputTokens: 4 } });
    expect(events.at(-1)).toEqual({ type: 'end', usage: usage(7) });
    expect(facts).toMatchObject({ validated: 'repaired', attempts: 2, tried: [{ ms: 1 }, { ms: 2 }] });
  });

  it('is repaired by the provider that answered and by no other, in the form that this one may be sent', async () => {
    const { call, asked } = setting([
      { text: 'no', by: CANDIDATES[2] },
      { text: '{}', by: CANDIDATES[2] },
    ]);
    await call();
    const again = asked[1]!;
    expect(again.candidates).toEqual([CANDIDATES[2], CANDIDATES[1]]);
    const sent = again.outgoing.to('q').request;
    expect(sent).toMatchObject({
      user: 'for q',
      messages: [{}, { role: 'assistant', parts: [{ text: 'no' }] }, { role: 'user' }],
    });
  });

  it.each<[string, Partial<CacheCheckedCall>, Said[], number]>([
    ['only validates', { validation: 'refuse' }, [{ text: 'no' }], 1],
    ['is answered wrongly twice', {}, [{ text: 'no' }, { text: '[]' }], 2],
    ['is answered with something that was cut short', {}, [{ text: '{"a', reason: 'length' }], 1],
  ])('that %s fails, and what was used is known', async (_what, more, answers, times) => {
    const { call, facts, asked } = setting(answers, more);
    await expect(call()).rejects.toMatchObject({
      code: 'provider_failed',
      facts: { attempts: times, details: { reason: 'nonconforming_answer', pointer: '' } },
    });
    expect(asked).toHaveLength(times);
    expect(facts.spent).toEqual(usage(times));
  });

  it('fails as the repair does, with all attempts', async () => {
    const late = new GatewayError('deadline_exceeded', 'Too late', { attempts: 2 });
    const { call, facts } = setting([{ text: 'no' }, late]);
    await expect(call()).rejects.toMatchObject({ code: 'deadline_exceeded', facts: { attempts: 3 } });
    expect(facts).toMatchObject({ tried: [{ ms: 1 }, { ms: 2 }], spent: usage(1) });
  });

  it('is not held back for ever', async () => {
    const { call } = setting([{ text: `"${'x'.repeat(1_048_576)}"` }]);
    await expect(call()).rejects.toMatchObject({
      code: 'provider_failed',
      message: expect.stringContaining('too large'),
    });
  });

  it('with several answers is not repaired', async () => {
    const { call, asked } = setting([], { request: { ...QUESTION, n: 2, responseFormat: { type: 'json_object' } } });
    await expect(call()).rejects.toMatchObject({ code: 'invalid_request' });
    expect(asked).toEqual([]);
  });
});

it('a call that does not ask for validation passes as it is', async () => {
  const { call, asked } = setting([{ text: 'no' }], { validation: undefined });
  const answer = await call();
  expect(answer.validated).toBeUndefined();
  expect((await read(answer))[1]?.wire).toBe(FRAME);
  expect(asked).toHaveLength(1);
});
