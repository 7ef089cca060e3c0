import type { ReplyEvent } from '../../contract/reply';
import { decodeReply } from './decode-reply';
import { encodeReply } from './encode-reply';

const context = { requestId: 'req-1', created: 1700000000, body: {} };
const usage = { inputTokens: 10, cacheReadTokens: 2, cacheWriteTokens: 0, outputTokens: 4, thinkingTokens: 1 };
const whole = (...events: ReplyEvent[]): ReplyEvent[] => [
  { type: 'start', id: 'msg_1', model: 'gpt-x' },
  ...events,
  { type: 'end', usage },
];

describe('encodeReply', () => {
  it('spells a text answer exactly', () => {
    const events = whole(
      { type: 'text', text: 'Grü', block: 0 },
      { type: 'text', text: 'ße', block: 0 },
      { type: 'finish', reason: 'stop_sequence', stopSequence: 'x' },
    );
    expect(encodeReply(events, context)).toStrictEqual({
      id: 'chatcmpl-msg_1',
      object: 'chat.completion',
      created: 1700000000,
      model: 'gpt-x',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Grüße', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 12,
        completion_tokens: 4,
        total_tokens: 16,
        prompt_tokens_details: { cached_tokens: 2, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 1,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
    });
  });

  it('sorts interleaved blocks and choices', () => {
    const reply = encodeReply(
      whole(
        { type: 'text', text: 'second', block: 0, choice: 1 },
        { type: 'tool_call', id: 'b', name: 'g', block: 3 },
        { type: 'tool_call', id: 'a', name: 'f', block: 2 },
        { type: 'tool_arguments', json: '{"x":', block: 2 },
        { type: 'native', name: 'odd', block: 9 },
        { type: 'tool_arguments', json: '1}', block: 2 },
        { type: 'finish', reason: 'length', choice: 1 },
        { type: 'finish', reason: 'tool_calls' },
      ),
      context,
    );
    expect(reply.choices).toMatchObject([
      {
        index: 0,
        message: {
          content: null,
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
            { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
          ],
        },
        finish_reason: 'tool_calls',
      },
      { index: 1, message: { content: 'second' }, finish_reason: 'length' },
    ]);
  });

  it('shows thoughts, and their proofs where there are any', () => {
    const thought: ReplyEvent = { type: 'thinking', text: 'hm', block: 0 };
    const finish: ReplyEvent = { type: 'finish', reason: 'stop' };
    expect(encodeReply(whole(thought, finish), context).choices).toMatchObject([
      { message: { content: '', reasoning_content: 'hm' } },
    ]);
    expect(JSON.stringify(encodeReply(whole(thought, finish), context))).not.toContain('thinking_blocks');
    expect(
      encodeReply(
        whole(
          thought,
          { type: 'thinking_signature', signature: 's', block: 0 },
          { type: 'redacted_thinking', data: 'zz', block: 1 },
          { type: 'refusal', text: 'no', block: 2 },
          finish,
        ),
        context,
      ).choices,
    ).toMatchObject([
      {
        message: {
          content: null,
          refusal: 'no',
          reasoning_content: 'hm',
          thinking_blocks: [
            { type: 'thinking', thinking: 'hm', signature: 's' },
            { type: 'redacted_thinking', data: 'zz' },
          ],
        },
      },
    ]);
  });

  it.each([
    ['pause', 'stop'],
    ['content_filter', 'content_filter'],
  ] as const)('spells the finish %s as %s', (reason, finish_reason) => {
    expect(encodeReply(whole({ type: 'finish', reason }), context).choices).toMatchObject([{ finish_reason }]);
  });

  it('keeps an id that looks like one, and makes one where there is none', () => {
    expect(encodeReply([{ type: 'start', id: 'chatcmpl-9', model: 'm' }], context).id).toBe('chatcmpl-9');
    expect(encodeReply([{ type: 'start', id: '', model: 'm' }], context).id).toBe('chatcmpl-req-1');
  });

  it('is read back as the same events', () => {
    const events = whole(
      { type: 'thinking', text: 'one', block: 0 },
      { type: 'thinking_signature', signature: 's1', block: 0 },
      { type: 'redacted_thinking', data: 'zz', block: 1 },
      { type: 'text', text: '日本', block: 2 },
      { type: 'tool_call', id: 'a', name: 'f', block: 3 },
      { type: 'tool_arguments', json: '{"x":1}', block: 3 },
      { type: 'finish', reason: 'tool_calls' },
      { type: 'text', text: 'b', block: 0, choice: 1 },
      { type: 'finish', reason: 'length', choice: 1 },
    );
    expect(decodeReply(encodeReply(events, context)).slice(1)).toEqual(events.slice(1));
  });
});
