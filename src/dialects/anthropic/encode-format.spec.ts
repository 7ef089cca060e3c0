import { encode, say, USER } from '../../../test/support/anthropic-request';

describe('response format', () => {
  it('spells a schema natively and plain JSON as an instruction', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
    const asked = encode({ responseFormat: { type: 'json_schema', name: 'n', schema } });
    expect(asked.body.output_config).toEqual({ format: { type: 'json_schema', schema } });
    expect(asked.dropped).toEqual([]);
    const loose = encode({ responseFormat: { type: 'json_object' }, messages: [say('system', 'a'), USER] });
    expect(loose.body.system).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'Answer with one valid JSON object and nothing else.' },
    ]);
    expect(loose.dropped).toEqual([]);
  });

  it('asks in words for what Anthropic would not enforce, and says so', () => {
    const bounded = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } };
    const part = encode({ responseFormat: { type: 'json_schema', schema: bounded } });
    expect(part.body.output_config).toMatchObject({ format: { schema: { additionalProperties: false } } });
    expect(part.dropped).toEqual(['response_format']);
    const map = { type: 'object', additionalProperties: { type: 'integer' } };
    const whole = encode({ responseFormat: { type: 'json_schema', schema: map } });
    expect(whole.body).not.toHaveProperty('output_config');
    expect(whole.body.system).toContain(JSON.stringify(map));
    expect(whole.dropped).toEqual(['response_format']);
  });
});
