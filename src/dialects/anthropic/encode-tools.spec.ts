import type { ChatRequest } from '../../contract/request';
import { encode } from '../../../test/support/anthropic-request';

describe('tools', () => {
  const tools = [{ name: 'f', description: 'd', schema: { properties: {} }, strict: true }];

  it('spells tools', () => {
    expect(encode({ tools }).body.tools).toEqual([
      {
        name: 'f',
        description: 'd',
        input_schema: { type: 'object', properties: {}, additionalProperties: false },
        strict: true,
      },
    ]);
  });

  it('holds the model to a schema only where Anthropic would', () => {
    const schema = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } };
    const free = { type: 'object' };
    const asked = encode({
      tools: [
        { name: 'held', schema, strict: true },
        { name: 'free', schema: free, strict: true },
        { name: 'as it is', schema, strict: false },
      ].map((tool) => ({ ...tool, name: tool.name.replaceAll(' ', '_') })),
    });
    expect(asked.dropped).toEqual(['strict']);
    expect(asked.body.tools).toMatchObject([
      { strict: true, input_schema: { additionalProperties: false } },
      { strict: false, input_schema: free },
      { strict: false, input_schema: schema },
    ]);
  });

  it.each([
    [{ toolChoice: { type: 'required' } }, { type: 'any' }],
    [{ toolChoice: { type: 'auto' } }, { type: 'auto' }],
    [{ toolChoice: { type: 'none' }, parallelToolCalls: false }, { type: 'none' }],
    [{ toolChoice: { type: 'tool', name: 'f' } }, { type: 'tool', name: 'f' }],
    [{ parallelToolCalls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [{ parallelToolCalls: true }, undefined],
    [{ toolChoice: { type: 'auto' }, tools: [] }, undefined],
  ] as [Partial<ChatRequest>, unknown][])('spells the choice %j', (fields, expected) => {
    expect(encode({ tools, ...fields }).body.tool_choice).toEqual(expected);
  });
});
