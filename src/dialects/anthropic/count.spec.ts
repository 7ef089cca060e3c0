import type { JsonObject } from '../../contract/json';
import { anthropicCount } from '.';

const CONTEXT = { requestId: 'req_1', created: 0, body: {} };

describe('counting tokens', () => {
  it('is read and spelt', () => {
    const events = anthropicCount.decodeReply({ input_tokens: 14, context_management: null });
    expect(events.map((event) => event.type)).toEqual(['start', 'token_count', 'end']);
    expect(anthropicCount.encodeReply(events, CONTEXT)).toEqual({ input_tokens: 14 });
  });

  it.each<JsonObject>([{}, { input_tokens: '14' }, { input_tokens: -1 }])('fails on nonsense: %j', (body) => {
    expect(() => anthropicCount.decodeReply(body)).toThrow(expect.objectContaining({ code: 'provider_failed' }));
  });

  it('fails when no count was made', () => {
    expect(() => anthropicCount.encodeReply([], CONTEXT)).toThrow(expect.objectContaining({ code: 'provider_failed' }));
  });

  it('understands an error object', () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'busy' } };
    expect(() => anthropicCount.decodeReply(body)).toThrow(expect.objectContaining({ code: 'overloaded' }));
  });

  it('is never streamed', () => {
    const refused = expect.objectContaining({ code: 'invalid_request', facts: { param: 'stream' } });
    expect(() => anthropicCount.streamDecoder()).toThrow(refused);
    expect(() => anthropicCount.streamEncoder(CONTEXT)).toThrow(refused);
  });
});
