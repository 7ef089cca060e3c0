import type { Message } from '../../contract/request';
import { encode, say, USER } from '../../../test/support/anthropic-request';

describe('messages', () => {
  it('makes leading instructions the system prompt and keeps later ones in place', () => {
    const { body } = encode({ messages: [say('system', 'a'), USER, say('system', 'b')] });
    expect(body.system).toBe('a');
    expect(body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      { role: 'system', content: [{ type: 'text', text: 'b' }] },
    ]);
  });

  it('spells several or cached instructions as blocks', () => {
    expect(encode({ messages: [say('system', 'a'), say('system', 'b', ''), USER] }).body.system).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]);
    const cacheControl = { type: 'ephemeral' };
    const cached: Message = { role: 'system', parts: [{ type: 'text', text: 'a', cacheControl }] };
    expect(encode({ messages: [cached, USER] }).body.system).toEqual([
      { type: 'text', text: 'a', cache_control: cacheControl },
    ]);
  });

  it('leaves out blank texts and merges what then stands side by side', () => {
    const { body } = encode({ messages: [say('user', 'a', ''), say('assistant', ' \n'), say('user', 'b')] });
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ]);
  });

  it('names an end user whom Anthropic would refuse by a digest', () => {
    const { body } = encode({ user: 'ada@example.org' });
    expect(body.metadata).toEqual({ user_id: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('puts tool results first and mends ids the same way on both sides', () => {
    const { body } = encode({
      messages: [
        USER,
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'call:1', name: 'f', arguments: '{"a":1}' }] },
        { role: 'user', parts: [{ type: 'text', text: 'and' }] },
        {
          role: 'user',
          parts: [{ type: 'tool_result', toolCallId: 'call:1', parts: [{ type: 'text', text: '21' }], isError: true }],
        },
      ],
    });
    expect(body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'f', input: { a: 1 } }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_1', content: '21', is_error: true },
          { type: 'text', text: 'and' },
        ],
      },
    ]);
  });

  it('calls a JPEG by the name that Anthropic knows', () => {
    const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/jpg', data: 'AA==' } } as const;
    expect(encode({ messages: [{ role: 'user', parts: [image] }] }).body.messages).toEqual([
      {
        role: 'user',
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AA==' } }],
      },
    ]);
  });

  it('spells a result of several parts as blocks, and an empty one without content', () => {
    const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' } } as const;
    const { body } = encode({
      messages: [
        {
          role: 'user',
          parts: [
            { type: 'tool_result', toolCallId: 'a', parts: [{ type: 'text', text: 'x' }, image] },
            { type: 'tool_result', toolCallId: 'b', parts: [{ type: 'text', text: '' }] },
          ],
        },
      ],
    });
    const source = { type: 'base64', media_type: 'image/png', data: 'AA==' };
    const content = [
      { type: 'text', text: 'x' },
      { type: 'image', source },
    ];
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content },
          { type: 'tool_result', tool_use_id: 'b' },
        ],
      },
    ]);
  });

  it('spells images, documents, refusals and calls without arguments', () => {
    const { body, dropped } = encode({
      messages: [
        {
          role: 'user',
          parts: [
            { type: 'image', source: { kind: 'url', url: 'https://x' }, detail: 'high' },
            { type: 'document', source: { kind: 'text', text: 'words' }, name: 'n' },
            { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' } },
          ],
        },
        {
          role: 'assistant',
          parts: [
            { type: 'refusal', text: 'no' },
            { type: 'tool_call', id: 't', name: 'f', arguments: '' },
          ],
        },
      ],
    });
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'url', url: 'https://x' } },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' }, title: 'n' },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'no' },
          { type: 'tool_use', id: 't', name: 'f', input: {} },
        ],
      },
    ]);
    expect(dropped).toEqual(['image detail']);
  });

  it('keeps thoughts that prove where they are from', () => {
    const { body, dropped } = encode({
      messages: [
        USER,
        {
          role: 'assistant',
          parts: [
            { type: 'thinking', text: 'a', signature: 's' },
            { type: 'thinking', text: 'b' },
            { type: 'redacted_thinking', data: 'd' },
          ],
        },
      ],
    });
    expect(body.messages).toMatchObject([
      {},
      {
        content: [
          { type: 'thinking', thinking: 'a', signature: 's' },
          { type: 'redacted_thinking', data: 'd' },
        ],
      },
    ]);
    expect(dropped).toEqual(['thinking']);
  });
});
