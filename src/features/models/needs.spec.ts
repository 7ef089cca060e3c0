import type { ChatRequest, Part } from '../../contract/request';
import { needsOf } from './needs';

const request = (parts: readonly Part[], more: Partial<ChatRequest> = {}): ChatRequest => ({
  operation: 'chat',
  model: 'm',
  stream: false,
  messages: [{ role: 'user', parts }],
  tools: [],
  hints: [],
  extras: [],
  ...more,
});
const text: Part = { type: 'text', text: 'hi' };
const image: Part = { type: 'image', source: { kind: 'url', url: 'https://example.org/x.png' } };
const pdf: Part = { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: '' } };
const result = (parts: readonly (typeof text | typeof image | typeof pdf)[]): Part =>
  ({ type: 'tool_result', toolCallId: 'c', parts }) as Part;

describe('needsOf', () => {
  it.each<[string, readonly Part[], readonly string[]]>([
    ['text', [text], []],
    ['thoughts', [{ type: 'thinking', text: 'hm' }], []],
    ['an image', [text, image], ['images']],
    ['a document', [pdf], ['documents']],
    ['a file the provider holds', [{ type: 'document', source: { kind: 'file', id: 'f' } }], ['documents']],
    ['a document of plain text', [{ type: 'document', source: { kind: 'text', text: 'hi' } }], []],
    ['the same in base64', [{ type: 'document', source: { kind: 'base64', mediaType: 'text/plain', data: '' } }], []],
    ['a tool call', [{ type: 'tool_call', id: 'c', name: 'f', arguments: '{}' }], ['tools']],
    ['a tool’s result', [result([text])], ['tools']],
    ['a tool’s image and document', [result([image, pdf])], ['tools', 'images', 'documents']],
  ])('sees what %s needs', (_what, parts, needs) => {
    expect(needsOf(request(parts))).toEqual(needs);
  });

  it('sees tools that are offered, whether or not they were used', () => {
    expect(needsOf(request([text], { tools: [{ name: 'f', schema: {} }] }))).toEqual(['tools']);
  });

  it('looks at all messages', () => {
    const messages = [
      { role: 'user' as const, parts: [image] },
      { role: 'assistant' as const, parts: [text] },
    ];
    expect(needsOf(request([], { messages }))).toEqual(['images']);
  });

  it('sees an answer that is to hold to a schema', () => {
    const responseFormat = { type: 'json_schema', name: 'x', schema: {} } as const;
    expect(needsOf(request([text], { responseFormat }))).toEqual(['JSON schemas']);
  });

  it('has nothing to say of embeddings', () => {
    const embeddings = { operation: 'embeddings', model: 'm', stream: false, input: ['a'], format: 'float' } as const;
    expect(needsOf({ ...embeddings, hints: [], extras: [] })).toEqual([]);
  });
});
